"""Share: the resource catalogue, sharing between departments, and the exchange engine."""
