"""The models by which lost characters are chosen, read from package data: n-grams, a small network, a specialist."""
