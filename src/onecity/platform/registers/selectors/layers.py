"""What the one map shows of the registers."""

from typing import Final

ENTITIES_SQL: Final = """
    SELECT e.id, e.location AS geom, e.name, e.uscc, e.kind, e.status, e.industry_section, e.organisation_id,
        e.division_code
    FROM registers_legalentity e
    WHERE e.location IS NOT NULL AND e.status NOT IN ('deregistered', 'annulled', 'moved_out')
"""
"""Entities that are here and have a place."""
