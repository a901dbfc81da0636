"""Submitting an application: it becomes a case with deadlines."""

from datetime import datetime

from django.db import transaction

from onecity.domains.welfare.models import Application
from onecity.domains.welfare.process import ASSISTANCE, ONLINE, WINDOW
from onecity.domains.welfare.rules.codes import AID_NAMES, Aid
from onecity.domains.welfare.selectors.policies import checking_body, policy_in_force
from onecity.domains.welfare.services.applying import locked_draft
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.platform.cases.api import open_case
from onecity.platform.cases.contracts import NewCase, OpenedCase
from onecity.platform.identity.api import record


def submit(actor: Actor, *, application_id: int, now: datetime) -> OpenedCase:
    """Submit a draft: opens its case at the street, decided by the county's checking body. now: city time.

    Raises: NotFound; NotPermitted; NotDraft; NoCheckingBody; NoPolicy where the city has no limits in force.
    """
    with transaction.atomic():
        row = locked_draft(actor, application_id)
        policy_in_force(division_code=row.division_code, on=city_date(now))
        aid = Aid(row.aid)
        opened = open_case(
            actor,
            new=NewCase(
                type_code=ASSISTANCE,
                title=f"{AID_NAMES[aid]}申请 {row.number}",
                organisation_id=row.organisation_id,
                class_code=aid.value,
                source_code=WINDOW if actor.organisation_id else ONLINE,
                division_code=row.division_code,
                origin=f"welfare.application:{row.id}",
                handler_id=checking_body(row.division_code),
            ),
            now=now,
        )
        row.state, row.case_id, row.submitted_at = Application.State.SUBMITTED, opened.id, now
        row.save(update_fields=["state", "case", "submitted_at"])
        record(actor, action="welfare.submit", target=f"welfare.application:{row.id}")
    return opened
