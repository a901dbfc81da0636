"""Pages of the macro-economic register."""
