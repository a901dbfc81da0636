"""Writes of noise."""
