"""Writing the register of places."""
