"""Requests inside a case: asked, decided, applied, each with its trace."""
