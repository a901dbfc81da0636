"""Surface water: items, limits, classes."""
