"""The developers' side: interfaces with their documentation."""
