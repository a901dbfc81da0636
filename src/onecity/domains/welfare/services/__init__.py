"""What welfare writes."""
