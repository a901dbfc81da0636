"""Tables of exchange."""

from onecity.platform.exchange.models.flows import (
    Connection,
    Flow,
    FlowVersion,
    QualityScore,
    QualityStandard,
    ReceiptHead,
    RefusedRow,
    Run,
    RunReceipt,
    SigningKey,
)

__all__ = [
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
