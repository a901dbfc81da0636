"""Pages of welfare."""
