"""The only functions that others may call."""

from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.selectors.sharing.grants import grant_code_of_request
from onecity.platform.exchange.selectors.sharing.limits import GrantNotInForce, NoSuchGrant, NotSupplied
from onecity.platform.exchange.selectors.sharing.uses import uses_by_identifier, uses_of_subject
from onecity.platform.exchange.services.catalogue.compiling import new_dataset
from onecity.platform.exchange.services.catalogue.reviewing import publish as publish_dataset
from onecity.platform.exchange.services.catalogue.reviewing import submit as submit_dataset
from onecity.platform.exchange.services.flows.connections import ConnectionExists, create_connection
from onecity.platform.exchange.services.flows.drafting import FlowExists, draft_flow
from onecity.platform.exchange.services.flows.publishing import publish_flow
from onecity.platform.exchange.services.flows.running import start_run
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
    "ConnectionExists",
    "DailyLimitReached",
    "FlowExists",
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
    "create_connection",
    "draft_flow",
    "grant_code_of_request",
    "new_dataset",
    "publish_dataset",
    "publish_flow",
    "query_subject",
    "query_subjects",
    "request_data",
    "set_supply",
    "start_run",
    "submit_dataset",
    "uses_by_identifier",
    "uses_of_subject",
]
