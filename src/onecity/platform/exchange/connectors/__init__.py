"""Connectors: one module for each kind of source or target, all under one contract."""
