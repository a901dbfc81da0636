"""Brings notifications to those who subscribed."""
