"""Leaving a list without a web server: the token in a mail, and whose it is."""
