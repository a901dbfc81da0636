"""Pages of the one map."""
