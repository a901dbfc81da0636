"""Rules of the register of places."""
