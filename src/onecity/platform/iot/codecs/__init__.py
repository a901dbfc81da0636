"""Codecs: bytes ↔ readings, one package for each protocol; no sockets, no tables, no clock."""
