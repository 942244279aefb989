"""What the judge looks at: facts, words, clauses and marks of a pair, and the ways in which a pair may be wrong."""
