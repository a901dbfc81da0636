"""Pages of digital urban management."""
