"""Pages of emergency management."""
