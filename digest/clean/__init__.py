"""A digest page made by another tool → what stands in it: posts, pairs, and a role for every line (pure)."""
