"""Writing the register of legal entities."""
