"""What the registers read."""
