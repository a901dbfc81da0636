"""Reads of environment."""
