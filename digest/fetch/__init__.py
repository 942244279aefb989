"""The web to values: guarded client, feeds, and the collecting of a day (edge)."""
