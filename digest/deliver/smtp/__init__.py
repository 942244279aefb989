"""The mail server: a connection, one transaction a message, what each reply means (edge)."""
