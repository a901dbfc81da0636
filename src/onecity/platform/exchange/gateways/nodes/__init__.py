"""The hub's door for exchange nodes: HTTPS, both sides with certificates."""
