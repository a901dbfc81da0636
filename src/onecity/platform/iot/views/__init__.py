"""Pages of iot."""
