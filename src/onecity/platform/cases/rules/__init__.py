"""What is calculated without database, clock or web: expressions, settings, clocks, states, search terms."""
