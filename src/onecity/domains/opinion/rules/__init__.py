"""Calculations of public opinion: no tables, no clock, no network."""
