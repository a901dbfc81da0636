"""One map: divisions, grids, addresses, layers, tiles, features."""
