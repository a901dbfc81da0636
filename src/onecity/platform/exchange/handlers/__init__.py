"""What exchange does when something happens."""
