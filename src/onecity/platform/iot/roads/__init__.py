"""Hot roads to the history: one question for many datastreams, and the newest values as map tiles."""

from onecity.platform.iot.roads.latest import LATEST_ROADS
from onecity.platform.iot.roads.query import QUERY_ROADS

HISTORY_ROADS = (*QUERY_ROADS, *LATEST_ROADS)

__all__ = ["HISTORY_ROADS"]
