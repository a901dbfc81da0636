"""The duty roster (值班表): who is on duty for a post at an organisation, set by whoever supervises it."""

from datetime import datetime

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import NewShift
from onecity.platform.cases.models import DutyShift
from onecity.platform.cases.permissions import SUPERVISE
from onecity.platform.cases.rules.duties import check_shift
from onecity.platform.cases.selectors.scopes import covers, organisation_keys
from onecity.platform.identity.api import accounts_with_permission, organisation, record


def put_on_duty(actor: Actor, *, new: NewShift, now: datetime) -> int:
    """Put a person on duty; returns the shift's id. now: city time.

    Raises: NotFound for an unknown organisation; NotPermitted for whoever does not supervise it; ShiftRefused.
    """
    body = organisation(new.organisation_id)
    if not covers(actor, SUPERVISE, keys=frozenset(organisation_keys(body.id))):
        raise NotPermitted
    holders = accounts_with_permission(new.post, organisation_id=body.id, division_code=body.division_code)
    with transaction.atomic():
        same = DutyShift.objects.select_for_update().filter(
            organisation_id=body.id, post=new.post, account_id=new.account_id
        )
        check_shift(
            holds_post=new.account_id in {item.id for item in holders},
            starts_at=new.starts_at,
            ends_at=new.ends_at,
            taken=any(row.starts_at < new.ends_at and new.starts_at < row.ends_at for row in same),
        )
        row = DutyShift.objects.create(
            organisation_id=body.id,
            post=new.post,
            account_id=new.account_id,
            starts_at=new.starts_at,
            ends_at=new.ends_at,
            made_at=now,
            made_by=actor.key[:60],
        )
        details = {"post": new.post, "account": new.account_id, "organisation": body.id}
        record(actor, action="cases.put_on_duty", target=f"cases.dutyshift:{row.id}", details=details)
    return row.id


def take_off_duty(actor: Actor, *, shift_id: int) -> None:
    """Take a shift off the roster.

    Raises: NotFound; NotPermitted.
    """
    with transaction.atomic():
        row = DutyShift.objects.select_for_update().filter(id=shift_id).first()
        if row is None:
            raise NotFound(zh("没有这个班次"))
        if not covers(actor, SUPERVISE, keys=frozenset(organisation_keys(row.organisation_id))):
            raise NotPermitted
        details = {"post": row.post, "account": row.account_id, "starts_at": row.starts_at.isoformat()}
        record(actor, action="cases.take_off_duty", target=f"cases.dutyshift:{row.id}", details=details)
        row.delete()
