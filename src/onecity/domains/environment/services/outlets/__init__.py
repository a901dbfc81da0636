"""Writes of pollution sources."""
