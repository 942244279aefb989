"""One story, one entry: which posts are copies of one another, and which tell the same (pure)."""
