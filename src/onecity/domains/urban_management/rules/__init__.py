"""Calculations of digital urban management."""
