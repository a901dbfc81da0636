"""Writing into a database of another make: a stage table, and the progress beside it in the same transaction."""
