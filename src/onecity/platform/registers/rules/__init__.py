"""Calculations of the registers."""
