"""Pages of noise."""
