"""Rules of the macro-economic register."""
