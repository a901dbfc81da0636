"""Forms of exchange."""
