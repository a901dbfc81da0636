"""Writing the macro-economic register."""
