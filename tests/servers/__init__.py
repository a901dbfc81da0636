"""Real servers of other makes on private ports, for tests."""
