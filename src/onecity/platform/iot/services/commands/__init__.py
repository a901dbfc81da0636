"""Orders to devices: asked for, sent by whichever gateway holds the line, sent again if the command says so, ended."""

from onecity.platform.iot.services.commands.batches import NothingToOrder, order_many
from onecity.platform.iot.services.commands.ending import expire_orders, fail_order, note_answer
from onecity.platform.iot.services.commands.ordering import (
    PATIENCE,
    SET_TIME,
    OrderOver,
    cancel_batch,
    cancel_order,
    order,
    order_by_platform,
    order_time,
)
from onecity.platform.iot.services.commands.waiting import Waiting, claim_order, waiting_orders

__all__ = [
    "PATIENCE",
    "SET_TIME",
    "NothingToOrder",
    "OrderOver",
    "Waiting",
    "cancel_batch",
    "cancel_order",
    "claim_order",
    "expire_orders",
    "fail_order",
    "note_answer",
    "order",
    "order_by_platform",
    "order_many",
    "order_time",
    "waiting_orders",
]
