"""Lineage (血缘): which dataset comes from which."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.text import zh
from onecity.platform.exchange.models import Dataset, LineageEdge
from onecity.platform.exchange.permissions import COMPILE_CATALOGUE
from onecity.platform.exchange.selectors.catalogue.versions import NoSuchDataset
from onecity.platform.exchange.services.catalogue.holding import held, target
from onecity.platform.identity import api as identity


class BadLineage(Invalid):
    """The two ends do not make an edge."""

    code = "exchange.bad_lineage"
    message = zh("数据来源登记不正确")


class AlreadyNoted(Conflict):
    """Somebody has noted this edge before."""

    code = "exchange.lineage_noted"
    message = zh("这条来源关系已经登记")


def note_by_hand(actor: Actor, *, source_code: str, target_code: str, note: str, now: datetime) -> None:
    """Note that a dataset comes from another; who compiles the later one may say so.

    Raises: NoSuchDataset for either end; NotPermitted; BadLineage; AlreadyNoted.
    """
    if source_code == target_code:
        raise BadLineage(fields={"source_code": zh("数据集不能来源于自己")})
    with transaction.atomic():
        later = held(actor, target_code, permission=COMPILE_CATALOGUE)
        earlier = Dataset.objects.filter(code=source_code, state=Dataset.State.PUBLISHED).first()
        if earlier is None:
            raise NoSuchDataset
        _, made = LineageEdge.objects.get_or_create(
            source=earlier,
            target=later,
            flow_code="",
            defaults={"origin": LineageEdge.Origin.HAND, "note": note.strip()[:200], "created_at": now},
        )
        if not made:
            raise AlreadyNoted
        details = {"source": earlier.code}
        identity.record(actor, action="exchange.note_lineage", target=target(later), details=details)


def forget_by_hand(actor: Actor, *, source_code: str, target_code: str) -> None:
    """Take back what was noted by hand. Raises: NoSuchDataset; NotPermitted."""
    with transaction.atomic():
        later = held(actor, target_code, permission=COMPILE_CATALOGUE)
        rows = LineageEdge.objects.filter(source__code=source_code, target=later, origin=LineageEdge.Origin.HAND)
        if not rows.delete()[0]:
            raise NoSuchDataset
        details = {"source": source_code}
        identity.record(actor, action="exchange.forget_lineage", target=target(later), details=details)


def note_flow(source_code: str, *, target_code: str, flow_code: str, fields: Sequence[str] = (), now: datetime) -> bool:
    """Note that a flow carries one dataset into another; called by flows, may run twice. Return if both are known."""
    ends = {row.code: row for row in Dataset.objects.filter(code__in=[source_code, target_code])}
    if len(ends) < 2:
        return False
    LineageEdge.objects.update_or_create(
        source=ends[source_code],
        target=ends[target_code],
        flow_code=flow_code,
        defaults={"fields": list(fields)},
        create_defaults={"origin": LineageEdge.Origin.FLOW, "fields": list(fields), "created_at": now},
    )
    return True
