"""Codes of environment's rights."""

from typing import Final

VIEW_AIR: Final = "environment.view_air"
MANAGE_AIR: Final = "environment.manage_air"
VIEW_STANDARDS: Final = "environment.view_standards"
MANAGE_WATER: Final = "environment.manage_water"
MANAGE_NOISE: Final = "environment.manage_noise"
VIEW_OUTLETS: Final = "environment.view_outlets"
MANAGE_OUTLETS: Final = "environment.manage_outlets"
HANDLE_EXCESS: Final = "environment.handle_excess"
