"""Matching of records to persons: the engine, runs, decisions, merges, models."""
