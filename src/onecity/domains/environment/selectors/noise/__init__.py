"""Reads of noise."""
