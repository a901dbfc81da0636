"""What may be stored: names, kinds, limits, and how a file's content is told."""
