"""What exchange writes."""
