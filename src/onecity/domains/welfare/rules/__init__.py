"""Rules of welfare."""
