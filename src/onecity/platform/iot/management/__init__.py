"""Commands of iot."""
