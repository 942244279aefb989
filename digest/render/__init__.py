"""A Digest to text: Markdown, HTML, JSON, the index of days (pure)."""
