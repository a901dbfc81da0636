"""What crosses the borders of the registers."""
