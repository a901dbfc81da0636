"""From draft to published: submission, review, publication, return, withdrawal."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.kernel.deadlines import TimeUnit, deadline
from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.text import zh
from onecity.platform.cases import api as cases
from onecity.platform.exchange import events
from onecity.platform.exchange.contracts.catalogue import FieldText
from onecity.platform.exchange.models import Dataset, DatasetVersion
from onecity.platform.exchange.permissions import COMPILE_CATALOGUE, REVIEW_CATALOGUE
from onecity.platform.exchange.rules.catalogue import EntrySaid, FieldSaid, faults
from onecity.platform.exchange.selectors.catalogue.classes import rule_at
from onecity.platform.exchange.services.catalogue.codes import allot
from onecity.platform.exchange.services.catalogue.counting import count_entry
from onecity.platform.exchange.services.catalogue.holding import held, open_version, target
from onecity.platform.exchange.services.catalogue.writing import BadEntry, copy_to_list, texts_of
from onecity.platform.identity import api as identity


class OwnReview(Conflict):
    """Who submitted a version may not review it."""

    code = "exchange.own_review"
    message = zh("提交人不能审核自己提交的目录，请由其他人员审核")


class NotPublished(Conflict):
    """The entry is not published, so there is nothing to withdraw."""

    code = "exchange.not_published"
    message = zh("这项目录没有已发布的版本")


class ReasonMissing(Invalid):
    """A return or a withdrawal needs its reason."""

    code = "exchange.reason_missing"
    message = zh("请写明理由")


def submit(actor: Actor, *, code: str, now: datetime) -> None:
    """Hand a draft in for review; the reviewer has the city's limit of working days.

    Raises: NoSuchDataset; NotPermitted; NoDraft; BadEntry naming what is missing.
    """
    with transaction.atomic():
        dataset = held(actor, code, permission=COMPILE_CATALOGUE)
        version = open_version(dataset)
        missing = faults(said_of(version, fields=texts_of(version.id)))
        if missing:
            raise BadEntry(fields=missing)
        version.state = DatasetVersion.State.SUBMITTED
        version.submitted_by, version.submitted_at = actor.key, now
        provider = identity.organisation(dataset.organisation_id)
        version.provider_credit_code = provider.credit_code
        days, calendar = rule_at(now).review_days, cases.calendar_of(provider.division_code)
        version.review_due_at = deadline(now, amount=days, unit=TimeUnit.WORK_DAY, calendar=calendar)
        version.save()
        identity.record(actor, action="exchange.submit", target=target(dataset), details={"version": version.number})
        bus.announce(events.ENTRY_SUBMITTED, dataset_id=dataset.id, version=version.number)


def publish(actor: Actor, *, code: str, now: datetime) -> None:
    """Publish what was submitted; the version before it is replaced, and codes are allotted the first time.

    Raises: NoSuchDataset; NotPermitted; NoDraft if nothing waits for review; OwnReview.
    """
    with transaction.atomic():
        dataset = held(actor, code, permission=REVIEW_CATALOGUE)
        version = open_version(dataset, DatasetVersion.State.SUBMITTED)
        if actor.kind == "account" and version.submitted_by == actor.key:
            raise OwnReview
        put_in_force(actor, dataset, version=version, now=now)


def put_in_force(actor: Actor, dataset: Dataset, *, version: DatasetVersion, now: datetime) -> None:
    """Make a submitted version the published one; the caller has locked the entry and checked the right."""
    if dataset.state == Dataset.State.PUBLISHED:
        count_entry(dataset, change=-1)
        DatasetVersion.objects.filter(dataset=dataset, state=DatasetVersion.State.PUBLISHED).update(
            state=DatasetVersion.State.REPLACED, ended_at=now
        )
    version.state, version.published_at = DatasetVersion.State.PUBLISHED, now
    version.decided_by, version.decided_at = actor.key, now
    version.save()
    dataset.version, dataset.state = version, Dataset.State.PUBLISHED
    dataset.published_at = dataset.published_at or now
    if not dataset.resource_code:
        allot(dataset, class_code=version.class_code, now=now)
    copy_to_list(dataset, version, fields=texts_of(version.id))
    dataset.save()
    count_entry(dataset, change=1)
    details = {"version": version.number, "resource_code": dataset.resource_code}
    identity.record(actor, action="exchange.publish", target=target(dataset), details=details)
    bus.announce(events.ENTRY_PUBLISHED, dataset_id=dataset.id, code=dataset.code, version=version.number)


def give_back(actor: Actor, *, code: str, reason: str, now: datetime) -> None:
    """Return a submitted version to its department.

    Raises: NoSuchDataset; NotPermitted; NoDraft; ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing(fields={"reason": zh("请写明退回理由")})
    with transaction.atomic():
        dataset = held(actor, code, permission=REVIEW_CATALOGUE)
        version = open_version(dataset, DatasetVersion.State.SUBMITTED)
        version.state, version.return_reason = DatasetVersion.State.RETURNED, reason.strip()[:400]
        version.decided_by, version.decided_at = actor.key, now
        version.save()
        details = {"version": version.number, "reason": version.return_reason}
        identity.record(actor, action="exchange.give_back", target=target(dataset), details=details)
        bus.announce(events.ENTRY_RETURNED, dataset_id=dataset.id, version=version.number)


def withdraw(actor: Actor, *, code: str, reason: str, now: datetime) -> None:
    """Take a published entry out of the catalogue; its versions stay on record.

    Raises: NoSuchDataset; NotPermitted; NotPublished; ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing(fields={"reason": zh("请写明撤销理由")})
    with transaction.atomic():
        dataset = held(actor, code, permission=REVIEW_CATALOGUE)
        if dataset.state != Dataset.State.PUBLISHED:
            raise NotPublished
        count_entry(dataset, change=-1)
        DatasetVersion.objects.filter(dataset=dataset, state=DatasetVersion.State.PUBLISHED).update(
            state=DatasetVersion.State.WITHDRAWN, ended_at=now, end_reason=reason.strip()[:400]
        )
        dataset.state, dataset.version, dataset.next_data_at = Dataset.State.WITHDRAWN, None, None
        dataset.save()
        identity.record(actor, action="exchange.withdraw", target=target(dataset), details={"reason": reason[:400]})
        bus.announce(events.ENTRY_WITHDRAWN, dataset_id=dataset.id, code=dataset.code)


def said_of(version: DatasetVersion, *, fields: Sequence[FieldText]) -> EntrySaid:
    """Return what a version says, as rules look at it."""
    return EntrySaid(
        title=version.title,
        abstract=version.abstract,
        class_code=version.class_code,
        sharing_type=version.sharing_type,
        sharing_condition=version.sharing_condition,
        sharing_ground=version.sharing_ground,
        open_type=version.open_type,
        open_condition=version.open_condition,
        licence_code=version.licence_code,
        fields=[_said_of_field(field) for field in fields],
    )


def _said_of_field(field: FieldText) -> FieldSaid:
    return FieldSaid(field.name, field.title, field.is_key, field.sensitivity, field.sharing_type, field.is_open)
