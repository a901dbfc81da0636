"""Writes of surface water."""
