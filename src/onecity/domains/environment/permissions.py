"""Codes of environment's rights."""

from typing import Final

VIEW_AIR: Final = "environment.view_air"
MANAGE_AIR: Final = "environment.manage_air"
