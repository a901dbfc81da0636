"""What the one map shows of the registers."""

from typing import Final

ENTITIES_SQL: Final = """
    SELECT e.id, e.location AS geom, e.name, e.uscc, e.kind, e.status, e.industry_section, e.organisation_id,
        e.division_code
    FROM registers_legalentity e
    WHERE e.location IS NOT NULL AND e.status NOT IN ('deregistered', 'annulled', 'moved_out')
"""
"""Entities that are here and have a place."""
BUILDINGS_SQL: Final = """
    SELECT b.id, b.location AS geom, b.code, b.name, b.use, b.address, b.floors_above, b.organisation_id,
        b.division_code
    FROM registers_building b WHERE b.ended_on IS NULL
"""
PARCELS_SQL: Final = """
    SELECT l.id, l.outline AS geom, l.code, l.name, l.use_code, left(l.use_code, 2) AS use_class, l.owner, l.area_m2,
        l.organisation_id, l.division_code
    FROM registers_landparcel l WHERE l.ended_on IS NULL
"""
RESOURCES_SQL: Final = """
    SELECT r.id, r.outline AS geom, r.code, r.name, r.kind, r.area_m2, r.organisation_id, r.division_code
    FROM registers_naturalresource r WHERE r.ended_on IS NULL
"""
