"""Interfaces over HTTP that give JSON, page by page."""
