"""Calculations of iot: no tables, no clock."""
