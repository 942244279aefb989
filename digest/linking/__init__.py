"""What belongs together, found in the store and kept there: editions of a post, copies of a post (edge, no network)."""
