"""Rules of the register of legal entities."""
