"""What the demonstration makes up: outlines, streets, a whole sample city. Always the same for the same pack."""
