"""Outlets of pollution sources: factors, means, permit limits, transmission."""
