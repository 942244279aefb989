"""Which of a day's posts have an entry, and in what order: rules, ranks, topics, limits (pure)."""
