"""Pages of the air."""
