"""The citizens' side: one home page for whatever the city does for them."""
