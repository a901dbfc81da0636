"""Pages of the register of legal entities."""
