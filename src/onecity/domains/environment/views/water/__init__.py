"""Pages of surface water."""
