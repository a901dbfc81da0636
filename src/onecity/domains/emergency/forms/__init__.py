"""What people of emergency management are asked."""
