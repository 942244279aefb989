"""Bytes to clean text: encoding, paragraphs, language, sentences, other editions (pure)."""
