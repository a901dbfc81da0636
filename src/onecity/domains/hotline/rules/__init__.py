"""Calculations of the hotline."""
