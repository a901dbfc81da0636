"""What welfare reads."""
