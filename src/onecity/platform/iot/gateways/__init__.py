"""Processes that speak device protocols: `manage gateway hj212`, `manage gateway mqtt`. Start as many as are needed."""
