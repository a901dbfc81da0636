"""Writes of environment."""
