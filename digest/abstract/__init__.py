"""Which lines say what a post says, and who puts them into the other language (pure)."""
