"""The only functions that others may call."""

from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.selectors.sharing.limits import GrantNotInForce, NoSuchGrant, NotSupplied
from onecity.platform.exchange.selectors.sharing.uses import uses_by_identifier, uses_of_subject
from onecity.platform.exchange.services.sharing.asking import NotShared, RequestRefused, request_data
from onecity.platform.exchange.services.sharing.metering import DailyLimitReached, TooFast
from onecity.platform.exchange.services.sharing.querying import (
    BadIdentifier,
    NoConsent,
    ReasonTooShort,
    TooManyQuestions,
    query_subject,
    query_subjects,
)
from onecity.platform.exchange.services.sharing.supply import set_supply

__all__ = [
    "BadIdentifier",
    "DailyLimitReached",
    "GrantNotInForce",
    "NoConsent",
    "NoSuchGrant",
    "NotShared",
    "NotSupplied",
    "NotUnderstood",
    "ReasonTooShort",
    "RequestRefused",
    "TooFast",
    "TooManyQuestions",
    "Unreachable",
    "query_subject",
    "query_subjects",
    "request_data",
    "set_supply",
    "uses_by_identifier",
    "uses_of_subject",
]
