"""The only functions that others may call."""

from onecity.domains.welfare.rules.readings import READINGS, Subject, gather
from onecity.domains.welfare.services.applying import (
    ListedTwice,
    add_member,
    begin_application,
    declare_asset,
    declare_income,
)
from onecity.domains.welfare.services.asking import exchange_asker
from onecity.domains.welfare.services.consenting import sign_consent
from onecity.domains.welfare.services.rechecking import recheck, start_recheck
from onecity.domains.welfare.services.reporting import conclude
from onecity.domains.welfare.services.running import begin_verification
from onecity.domains.welfare.services.settings import draft_policy, publish_policy, set_checking_body, set_source
from onecity.domains.welfare.services.submitting import submit
from onecity.domains.welfare.services.taking_over import take_over
from onecity.domains.welfare.services.verifying import ask_departments, request_verification

__all__ = [
    "READINGS",
    "ListedTwice",
    "Subject",
    "add_member",
    "ask_departments",
    "begin_application",
    "begin_verification",
    "conclude",
    "declare_asset",
    "declare_income",
    "draft_policy",
    "exchange_asker",
    "gather",
    "publish_policy",
    "recheck",
    "request_verification",
    "set_checking_body",
    "set_source",
    "sign_consent",
    "start_recheck",
    "submit",
    "take_over",
]
