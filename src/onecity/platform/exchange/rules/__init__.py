"""Calculations of exchange: mapping, checks, checksums, codes."""
