"""What exchange writes in the catalogue."""
