"""Codes of the registers' rights."""

from typing import Final

VIEW_PERSONS: Final = "registers.view_persons"
LOOK_PERSONAL: Final = "registers.look_personal"
MAINTAIN_PERSONS: Final = "registers.maintain_persons"
VIEW_ENTITIES: Final = "registers.view_entities"
MAINTAIN_ENTITIES: Final = "registers.maintain_entities"
VIEW_PLACES: Final = "registers.view_places"
MAINTAIN_PLACES: Final = "registers.maintain_places"
VIEW_ECONOMY: Final = "registers.view_economy"
MAINTAIN_ECONOMY: Final = "registers.maintain_economy"
MANAGE_SOURCES: Final = "registers.manage_sources"
SETTLE_CONFLICTS: Final = "registers.settle_conflicts"
JUDGE_PAIRS: Final = "registers.judge_pairs"
USE_INTERFACE: Final = "registers.use_interface"
