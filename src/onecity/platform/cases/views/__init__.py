"""Pages of the case engine."""
