"""Moving running cases to another version of their type: planned, counted, then done case by case with its trace."""
