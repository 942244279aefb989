"""The engines themselves: chat endpoints, local models, the memory of earlier pairs (edge)."""
