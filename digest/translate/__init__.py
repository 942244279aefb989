"""Lines in one language → lines in both: what an engine owes, and the loop that believes none of its answers (pure)."""
