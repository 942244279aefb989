"""Terms in both languages: mined from verified pairs, kept in a ledger, read from and written to a table."""
