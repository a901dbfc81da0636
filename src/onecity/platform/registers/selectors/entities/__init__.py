"""Reading the register of legal entities."""
