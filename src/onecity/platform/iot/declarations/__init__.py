"""What iot plugs into the city: one file for each subject, each with its `ITEMS`."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.iot.declarations import (
    alarm_care,
    field,
    figures,
    history,
    hydrology,
    layers,
    linkage,
    menus,
    plants,
    rights,
    sensorthings,
    subscriptions,
    tracing,
    types,
    work,
)
from onecity.platform.iot.ngsild import declared as ngsild

DECLARATION = Domain(
    code="iot",
    name=zh("物联感知"),
    items=(
        *types.ITEMS,
        *field.ITEMS,
        *hydrology.ITEMS,
        *plants.ITEMS,
        *rights.ITEMS,
        *menus.ITEMS,
        *figures.ITEMS,
        *layers.ITEMS,
        *linkage.ITEMS,
        *history.ITEMS,
        *sensorthings.ITEMS,
        *work.ITEMS,
        *tracing.ITEMS,
        *alarm_care.ITEMS,
        *ngsild.ITEMS,
        *subscriptions.ITEMS,
    ),
)
