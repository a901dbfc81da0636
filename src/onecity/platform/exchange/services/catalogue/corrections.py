"""Corrections (校核纠错): doubts about data, and the provider's answers in time."""

from datetime import datetime

from django.db import transaction

from onecity.kernel import bus
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.deadlines import TimeUnit, deadline
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.cases import api as cases
from onecity.platform.exchange import events
from onecity.platform.exchange.models import Correction, DataField
from onecity.platform.exchange.permissions import COMPILE_CATALOGUE
from onecity.platform.exchange.rules.personal import holds_personal
from onecity.platform.exchange.selectors.catalogue.classes import rule_at
from onecity.platform.exchange.selectors.catalogue.versions import published_version
from onecity.platform.exchange.services.catalogue.holding import may
from onecity.platform.identity import api as identity
from onecity.platform.messages import api as messages

ANSWERS = (Correction.State.CORRECTED, Correction.State.CONFIRMED)
LATE_TEMPLATE = "exchange.correction_late"
ANSWERED_TEMPLATE = "exchange.correction_answered"
REPORTED_TEMPLATE = "exchange.correction_reported"


class BadCorrection(Invalid):
    """A doubt or its answer is not whole, or holds personal data."""

    code = "exchange.bad_correction"
    message = zh("校核内容不符合要求")


class AlreadyAnswered(Conflict):
    """The provider has answered before."""

    code = "exchange.already_answered"
    message = zh("这条校核已经答复")


def report_doubt(
    actor: Actor, *, code: str, description: str, field_name: str = "", record_key: str = "", now: datetime
) -> int:
    """Report that data of a published dataset seem wrong; return the correction's id. The provider is told.

    The provider has the city's limit of working days by his own calendar. No personal data may stand in the texts.
    Raises: NoSuchDataset; BadCorrection naming the input.
    """
    version = published_version(code)
    faults = _faults(version.id, description=description, field_name=field_name, record_key=record_key)
    if faults:
        raise BadCorrection(fields=faults)
    dataset = version.dataset
    provider = identity.organisation(dataset.organisation_id)
    calendar = cases.calendar_of(provider.division_code)
    with transaction.atomic():
        row = Correction.objects.create(
            dataset=dataset,
            version_number=version.number,
            organisation_id=dataset.organisation_id,
            reporter_organisation_id=actor.organisation_id,
            reporter=actor.name[:60],
            reporter_id=actor.id if actor.kind == "account" else None,
            field_name=field_name,
            record_key=record_key.strip()[:80],
            description=description.strip()[:400],
            created_at=now,
            due_at=deadline(now, amount=rule_at(now).correction_days, unit=TimeUnit.WORK_DAY, calendar=calendar),
        )
        identity.record(actor, action="exchange.report_doubt", target=f"exchange.correction:{row.id}")
        bus.announce(events.CORRECTION_REPORTED, correction_id=row.id, dataset_id=dataset.id)
        _tell_provider(row, title=version.title, template=REPORTED_TEMPLATE, now=now)
    return row.id


def answer_doubt(actor: Actor, *, correction_id: int, state: str, answer: str, now: datetime) -> None:
    """Answer for the provider: the data were corrected, or have been confirmed. The reporter is told.

    Raises: NotFound; BadCorrection; AlreadyAnswered.
    """
    with transaction.atomic():
        row = Correction.objects.select_for_update().filter(id=correction_id).first()
        if row is None or not may(actor, COMPILE_CATALOGUE, organisation_id=row.organisation_id):
            raise NotFound(zh("没有这条校核，或您无权答复"))
        if state not in ANSWERS or not answer.strip():
            raise BadCorrection(fields={"answer": zh("请选择处理结果并写明答复")})
        if row.state != Correction.State.OPEN:
            raise AlreadyAnswered
        row.state, row.answer = state, answer.strip()[:400]
        row.answered_by, row.answered_at = actor.name[:60], now
        row.save()
        identity.record(
            actor, action="exchange.answer_doubt", target=f"exchange.correction:{row.id}", details={"state": state}
        )
        bus.announce(events.CORRECTION_ANSWERED, correction_id=row.id, dataset_id=row.dataset_id)
        if row.reporter_id is not None:
            _send([row.reporter_id], row, title=row.dataset.title, template=ANSWERED_TEMPLATE, now=now)


def tell_late(*, now: datetime) -> int:
    """Tell providers of doubts that they have not answered in time, once each; return how many. now: city time."""
    told = 0
    with transaction.atomic():
        late = Correction.objects.select_for_update(of=("self",), skip_locked=True).select_related("dataset")
        for row in late.filter(state=Correction.State.OPEN, due_at__lt=now, told_late_at__isnull=True)[:100]:
            row.told_late_at = now
            row.save(update_fields=["told_late_at"])
            _tell_provider(row, title=row.dataset.title, template=LATE_TEMPLATE, now=now)
            told += 1
    return told


def _faults(version_id: int, *, description: str, field_name: str, record_key: str) -> dict[str, str]:
    found = {}
    if not description.strip():
        found["description"] = zh("请说明哪里不对")
    if field_name and not DataField.objects.filter(version_id=version_id, name=field_name).exists():
        found["field_name"] = zh("没有这个信息项")
    personal = zh("请勿填写公民身份号码、手机号码或银行卡号，可用记录编号说明")
    if holds_personal(description):
        found["description"] = personal
    if holds_personal(record_key):
        found["record_key"] = personal
    return found


def _tell_provider(row: Correction, *, title: str, template: str, now: datetime) -> None:
    people = identity.accounts_with_permission(COMPILE_CATALOGUE, organisation_id=row.organisation_id)
    _send([person.id for person in people], row, title=title, template=template, now=now)


def _send(people: list[int], row: Correction, *, title: str, template: str, now: datetime) -> None:
    link = f"/exchange/corrections/{row.id}"
    params = {"title": title, "due": row.due_at}
    messages.send(system_actor("exchange.catalogue"), to=people, template=template, params=params, link=link, now=now)
