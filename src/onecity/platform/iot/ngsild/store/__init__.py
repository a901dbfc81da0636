"""Reading and writing context information on the hot roads' own connections."""
