"""What the registers plug into the city: one file for each of their subjects."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.registers.declarations import economy, entities, matching, persons, places, provenance

DECLARATION = Domain(
    code="registers",
    name=zh("基础信息库"),
    items=(
        *provenance.ITEMS,
        *persons.ITEMS,
        *entities.ITEMS,
        *places.ITEMS,
        *economy.ITEMS,
        *matching.ITEMS,
    ),
)
