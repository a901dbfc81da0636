"""What sharing reads."""
