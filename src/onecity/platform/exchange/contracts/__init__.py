"""What crosses the borders of exchange, and what its own parts hand to one another."""
