"""Tables of welfare."""
