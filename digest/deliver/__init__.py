"""A day's digest to those who asked for it: by mail and to chats, once each, and what became of it (edge)."""
