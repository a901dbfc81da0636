"""Reads of metering."""
