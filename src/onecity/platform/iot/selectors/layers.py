"""What the one map shows of iot."""

from typing import Final

DEVICES_SQL: Final = """
    SELECT d.id, d.location AS geom, d.key, d.name, d.type_code, d.address, d.last_seen_at,
        CASE WHEN EXISTS (SELECT FROM iot_alarm a WHERE a.device_id = d.id AND a.cleared_at IS NULL)
            THEN 'alarm' ELSE d.state END AS state,
        d.organisation_id, d.division_code
    FROM iot_device d WHERE d.location IS NOT NULL AND d.state <> 'retired'
"""
"""Devices in service that have a place; an alarm that stands is shown before everything else."""
