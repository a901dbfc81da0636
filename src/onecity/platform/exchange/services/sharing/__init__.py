"""The only writers of sharing."""
