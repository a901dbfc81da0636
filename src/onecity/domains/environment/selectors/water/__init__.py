"""Reads of surface water."""
