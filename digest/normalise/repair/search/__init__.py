"""The search: damaged lines → a lattice of candidates → probabilities → text and guesses."""
