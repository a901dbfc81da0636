"""Telling every process that what a layer shows has changed."""

from typing import Final

import orjson
from django.db import connection

from onecity.platform.geo.contracts import Box
from onecity.platform.geo.registries import layers

CHANNEL: Final = "geo_layers"


class UnknownLayer(Exception):
    """No module declares this layer; a fault of the caller's code."""


def layer_changed(layer: str, *, box: Box | None = None) -> None:
    """Say, inside the transaction of a change, that features of `layer` changed; kept tiles go when it commits.

    Call it for every change of the tables behind a layer that is neither `live` nor `scoped`; those are never kept.
    box: around the features as they were and as they are; None for the whole layer.
    Raises: UnknownLayer.
    """
    if layer not in layers():
        raise UnknownLayer(layer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, orjson.dumps([layer, box]).decode()])
