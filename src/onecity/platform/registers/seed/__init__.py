"""Made-up people: deterministic, valid in every check digit, nobody's data."""
