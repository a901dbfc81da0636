"""What follows from others' doings: a decided case is told of, a finished push leaves its receipt of use."""

from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel.clock import city_date
from onecity.platform.exchange.models import Run, RunReceipt, SharingGrant, SharingRequest, Subscription
from onecity.platform.exchange.selectors.sharing.parameters import night_of, parameters
from onecity.platform.exchange.services.sharing.receipts import Use, Used, count_uses, write_receipts
from onecity.platform.exchange.services.sharing.telling import sharing_itself, tell_of_refusal

DIGEST: Final = 64


def tell_of_decision(*, case_id: int, now: datetime) -> None:
    """Tell whoever asked that a request was refused; a grant is told of when it is given."""
    request = SharingRequest.objects.filter(case_id=case_id, state=SharingRequest.State.REFUSED).first()
    if request is not None:
        tell_of_refusal(request, now=now)


def note_run(*, run_id: int, grant_code: str) -> bool:
    """Leave one receipt for a finished run under a grant, however often it is told of; say whether it was left now.

    checksum: of the run's own signed receipt, by which both chains can be compared.
    """
    run = Run.objects.select_related("flow").get(id=run_id)
    grant = SharingGrant.objects.get(code=grant_code)
    subscription = Subscription.objects.filter(flow_code=run.flow.code).first()
    signed = RunReceipt.objects.filter(run=run).values_list("digest", flat=True).first() or ""
    at = run.ended_at or run.created_at
    use = Use(
        grant=grant,
        kind="push",
        reason=grant.purpose,
        at=at,
        fields=grant.fields,
        operator=subscription.code if subscription else run.flow.code,
        origin=f"run:{run.id}",
        uses=(Used("given" if run.landed else "nothing", rows=run.landed, checksum=signed[:DIGEST]),),
    )
    with transaction.atomic():
        if not write_receipts(sharing_itself(), use=use):
            return False
        count_uses(use=use, night=night_of(parameters(today=city_date(at))))
    return True
