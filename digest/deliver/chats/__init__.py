"""Chats and web hooks: what is known of each service, and posting to it (edge)."""
