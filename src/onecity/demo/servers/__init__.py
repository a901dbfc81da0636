"""Real servers of other makes that stand in for departments' own systems."""
