"""Pages of pollution sources."""
