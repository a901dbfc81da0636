"""City lighting: lamps that should burn and do not."""
