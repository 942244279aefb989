"""A letter with headers: addresses, header fields, the bytes of a message, its signature, its token (pure)."""
