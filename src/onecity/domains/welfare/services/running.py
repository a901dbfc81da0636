"""Background work of welfare: one verification, one re-check; both ask through the exchange as the clerk who began."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.domains.welfare.models import Verification
from onecity.domains.welfare.services.asking import exchange_asker
from onecity.domains.welfare.services.rechecking import recheck
from onecity.domains.welfare.services.reporting import conclude
from onecity.domains.welfare.services.verifying import ask_departments, request_verification
from onecity.kernel import clock
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import NotPermitted
from onecity.platform.identity.api import account_actor
from onecity.platform.jobs import api as jobs
from onecity.platform.jobs.declare import Progress, Result

VERIFY_JOB: Final = "welfare.verify"


def begin_verification(
    actor: Actor, *, application_id: int, purpose: str, now: datetime, real: datetime
) -> Verification:
    """Make a verification and start it in the background, for the actor. now: city time; real: real time.

    Raises: NotFound; NotPermitted; AlreadyVerifying; NoPolicy.
    """
    with transaction.atomic():
        row = request_verification(actor, application_id=application_id, purpose=purpose, now=now)
        again(actor, row, real=real)
    return row


def again(actor: Actor, row: Verification, *, real: datetime) -> int:
    """Start the background work of a verification, also when departments had not answered; returns the run's id."""
    arguments = {"verification": row.id, "account": actor.id if actor.kind == "account" else None}
    return jobs.start(actor, code=VERIFY_JOB, title=f"经济状况核对 {row.number}", arguments=arguments, now=real)


def run_verification(progress: Progress, arguments: Mapping[str, object]) -> Result:
    """Ask, compare, sign; a department that does not answer leaves the report for another try."""
    actor, number = _actor(arguments), int(str(arguments["verification"]))
    row = ask_departments(
        actor,
        verification_id=number,
        asker=exchange_asker,
        progress=progress,
        now=clock.city_now(),
    )
    if row.state == Verification.State.FAILED:
        return {"核对": row.number, "结果": "部分部门未答复"}
    report = conclude(actor, verification_id=number, now=clock.city_now())
    return {"核对": row.number, "核对报告": report.number}


def run_recheck(progress: Progress, arguments: Mapping[str, object]) -> Result:
    """Re-check every household that is left."""
    row = recheck(
        _actor(arguments),
        recheck_id=int(str(arguments["recheck"])),
        asker=exchange_asker,
        progress=progress,
        now=clock.city_now(),
    )
    return {"已核对": row.checked}


def _actor(arguments: Mapping[str, object]) -> Actor:
    """Return who began the work, with the rights of now; the city itself where nobody did.

    Raises: NotPermitted where the account is no longer active.
    """
    account = arguments.get("account")
    if account is None:
        return system_actor("welfare")
    found = account_actor(int(str(account)))
    if found is None:
        raise NotPermitted
    return found
