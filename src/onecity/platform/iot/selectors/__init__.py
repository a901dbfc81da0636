"""Reads of iot."""
