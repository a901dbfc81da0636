"""Tables of connections, flows, their runs, what they refused, and the receipts."""

from onecity.platform.exchange.models.flows.connections import Connection
from onecity.platform.exchange.models.flows.flows import Flow, FlowVersion
from onecity.platform.exchange.models.flows.quality import QualityScore, QualityStandard
from onecity.platform.exchange.models.flows.quarantine import RefusedRow
from onecity.platform.exchange.models.flows.receipts import ReceiptHead, RunReceipt, SigningKey
from onecity.platform.exchange.models.flows.runs import OPEN_STATES, Run

__all__ = [
    "OPEN_STATES",
    "Connection",
    "Flow",
    "FlowVersion",
    "QualityScore",
    "QualityStandard",
    "ReceiptHead",
    "RefusedRow",
    "Run",
    "RunReceipt",
    "SigningKey",
]
