"""Calculations of metering."""
