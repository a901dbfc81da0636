"""Pages of linkage rules."""
