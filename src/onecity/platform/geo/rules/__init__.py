"""Calculations of the map: tiles, boxes, coordinate systems of whole geometries, positions in words."""
