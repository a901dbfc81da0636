"""What the registers write."""
