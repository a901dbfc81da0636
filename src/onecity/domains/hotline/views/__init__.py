"""Pages of the hotline."""
