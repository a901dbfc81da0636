"""What whoever asked may do while a request is under way: mend it when asked to."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.exchange.models import SharingRequest
from onecity.platform.exchange.permissions import REQUEST_DATA
from onecity.platform.exchange.selectors.sharing.requests import request_of
from onecity.platform.exchange.services.sharing.asking import SHORTEST_PURPOSE, RequestRefused
from onecity.platform.identity.api import record, row_scope


class NotAskedToMend(Conflict):
    """Only a request that was sent back may be changed."""

    code = "exchange.not_asked_to_mend"
    message = zh("只有退回补正的申请才能修改")


@dataclass(frozen=True, slots=True)
class MendedText:
    """What of a request may be put better: its reasons, not what is asked for."""

    purpose: str
    legal_ground: str
    contact_name: str


def mend_request(actor: Actor, *, request_id: int, text: MendedText, now: datetime) -> None:
    """Put a request that was sent back in better words; the task of the case is ended separately.

    Raises: NoSuchRequest; NotPermitted; NotAskedToMend; RequestRefused.
    """
    found = request_of(actor, request_id)
    scope = row_scope(actor, REQUEST_DATA)
    if not (scope.everything or found.organisation_id in scope.organisation_ids):
        raise NotPermitted
    faults = {}
    if len(text.purpose.strip()) < SHORTEST_PURPOSE:
        faults["purpose"] = zh("请写明使用用途（不少于10个字）")
    if not text.legal_ground.strip():
        faults["legal_ground"] = zh("请写明使用数据的法律法规依据或职责依据")
    if not text.contact_name.strip():
        faults["contact_name"] = zh("请填写联系人")
    if faults:
        raise RequestRefused(fields=faults)
    with transaction.atomic():
        request = SharingRequest.objects.select_for_update().get(id=found.id)
        if request.state != SharingRequest.State.SUPPLEMENT:
            raise NotAskedToMend
        request.purpose, request.legal_ground = text.purpose.strip(), text.legal_ground.strip()
        request.contact_name = text.contact_name.strip()
        request.save(update_fields=["purpose", "legal_ground", "contact_name"])
        record(actor, action="exchange.mend_request", target=f"exchange.sharingrequest:{request.id}")
