"""Calculations of environmental standards: pure functions over exact numbers."""
