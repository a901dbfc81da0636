"""Shapes as they cross borders: texts of GeoJSON, boxes, names of coordinate systems."""

from typing import Literal, NewType

GeoJSON = NewType("GeoJSON", str)
"""A GeoJSON geometry as text, WGS 84."""

System = Literal["wgs84", "gcj02", "bd09"]
"""The coordinate systems in which outside data come."""

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
