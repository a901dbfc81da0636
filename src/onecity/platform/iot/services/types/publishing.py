"""Putting an edition of a type into force, and which edition devices keep."""

from datetime import datetime

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import Device, TypeEdition
from onecity.platform.iot.permissions import MANAGE_DEVICES
from onecity.platform.iot.registries import forget_types
from onecity.platform.iot.rules.type_documents import read_type
from onecity.platform.iot.services.changes import EVERYTHING, tell_changed
from onecity.platform.iot.services.types.editing import draft_for_update

STATE = TypeEdition.State


def publish_type(actor: Actor, *, edition_id: int, keep_devices: bool, now: datetime) -> int:
    """Put a draft into force; returns how many devices keep the edition before it. now: city time.

    keep_devices: devices that followed the edition in force stay with it, until they are moved; otherwise they follow.
    Raises: NotFound; NotADraftType; BadDocument naming every fault by its place.
    """
    with transaction.atomic():
        row = draft_for_update(edition_id)
        read_type(row.code, edition=row.edition, content=row.content)
        before = TypeEdition.objects.select_for_update().filter(code=row.code, state=STATE.PUBLISHED).first()
        kept = 0
        if before is not None:
            before.state = STATE.SUPERSEDED
            before.save(update_fields=["state"])
            if keep_devices:
                following = Device.objects.filter(type_code=row.code, type_edition=None)
                kept = following.update(type_edition=before.edition)
        row.state, row.published_at = STATE.PUBLISHED, now
        row.save(update_fields=["state", "published_at"])
        details = {"code": row.code, "edition": row.edition, "kept": kept}
        identity.record(actor, action="iot.publish_type", target=f"iot.typeedition:{edition_id}", details=details)
        tell_changed(EVERYTHING)
        forget_types()
    return kept


def move_devices(actor: Actor, *, code: str, edition: int, to: int | None) -> int:
    """Move the devices that keep `edition` to another, or to whichever is in force (None); returns how many.

    Only devices that the actor may manage.
    Raises: Invalid if there is no such published edition.
    """
    published = TypeEdition.objects.filter(code=code).exclude(state=STATE.DRAFT)
    if to is not None and not published.filter(edition=to).exists():
        raise Invalid(fields={"edition": zh("没有这个已发布的版次")})
    mine = identity.row_scope(actor, MANAGE_DEVICES).q()
    with transaction.atomic():
        moved = Device.objects.filter(mine, type_code=code, type_edition=edition).update(type_edition=to)
        details = {"code": code, "from": edition, "to": to, "devices": moved}
        identity.record(actor, action="iot.move_devices", target=f"iot.type:{code}", details=details)
        tell_changed(EVERYTHING)
    return moved
