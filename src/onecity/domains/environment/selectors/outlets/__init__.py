"""Reads of pollution sources."""
