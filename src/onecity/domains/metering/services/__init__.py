"""Writes of metering."""
