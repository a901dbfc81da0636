"""Processes of exchange that speak with other machines."""
