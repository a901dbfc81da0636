"""One map: divisions, unit grids, streets, layers, vector tiles, open features."""
