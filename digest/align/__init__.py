"""Which sentences say the same, and whether a pair deserves trust (pure)."""
