"""The interface: requests in, answers out."""
