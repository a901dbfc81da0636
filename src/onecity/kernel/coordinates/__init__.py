"""Coordinate systems: WGS 84 / CGCS2000 inside, GCJ-02 and BD-09 at the border, Gauss-Krüger for surveyors.

Longitude first, everywhere. The systems are different types, so that a GCJ-02 pair can't be stored as WGS 84.
"""
