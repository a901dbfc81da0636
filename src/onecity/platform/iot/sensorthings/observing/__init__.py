"""Observations on their way into the store: numbers as readings, everything else beside them."""
