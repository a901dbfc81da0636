"""Compiling (编制): departments write what they have; nobody else sees it until it is published."""

from collections.abc import Sequence
from dataclasses import fields as names_of
from datetime import datetime

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.catalogue import FieldText, VersionText
from onecity.platform.exchange.models import Dataset, DatasetVersion
from onecity.platform.exchange.models.catalogue.versions import EDITABLE
from onecity.platform.exchange.permissions import COMPILE_CATALOGUE
from onecity.platform.exchange.services.catalogue.holding import KeptByModule, held, may, open_version, target
from onecity.platform.exchange.services.catalogue.writing import apply_text, check, copy_to_list, texts_of, write_fields
from onecity.platform.identity import api as identity


class DraftExists(Conflict):
    """A version is being worked on already."""

    code = "exchange.draft_exists"
    message = zh("这项目录已有正在编制或审核的版本")


def new_dataset(
    actor: Actor, *, organisation_id: int, text: VersionText, fields: Sequence[FieldText], now: datetime
) -> str:
    """Begin an entry of an organisation with its first draft; return its code.

    Raises: NotPermitted; BadEntry.
    """
    if not may(actor, COMPILE_CATALOGUE, organisation_id=organisation_id):
        raise NotPermitted
    check(text, fields)
    with transaction.atomic():
        dataset = Dataset(organisation_id=organisation_id, created_at=now, code="")
        dataset.title, dataset.update_cycle = text.title.strip(), text.update_cycle
        dataset.sharing_type, dataset.open_type, dataset.class_code = text.sharing_type, text.open_type, text.class_code
        dataset.save()
        dataset.code = f"d{dataset.id:06d}"
        version = _begin(actor, dataset, number=1, text=text, fields=fields, now=now)
        copy_to_list(dataset, version, fields=fields)
        dataset.save()
        identity.record(actor, action="exchange.compile", target=target(dataset), details={"title": dataset.title})
    return dataset.code


def change_draft(actor: Actor, *, code: str, text: VersionText, fields: Sequence[FieldText], now: datetime) -> None:
    """Write a draft, or a returned version, anew.

    Raises: NoSuchDataset; NotPermitted; NoDraft; BadEntry.
    """
    check(text, fields)
    with transaction.atomic():
        dataset = held(actor, code, permission=COMPILE_CATALOGUE)
        version = open_version(dataset)
        apply_text(version, text)
        version.state, version.created_by, version.created_at = DatasetVersion.State.DRAFT, actor.key, now
        version.save()
        write_fields(version, fields)
        if dataset.state == Dataset.State.DRAFT:
            copy_to_list(dataset, version, fields=fields)
            dataset.save()
        identity.record(
            actor, action="exchange.change_draft", target=target(dataset), details={"version": version.number}
        )


def new_version(actor: Actor, *, code: str, now: datetime) -> int:
    """Begin the next version as a copy of the last one; return its number.

    Raises: NoSuchDataset; NotPermitted; KeptByModule; DraftExists.
    """
    with transaction.atomic():
        dataset = held(actor, code, permission=COMPILE_CATALOGUE)
        if dataset.declared:
            raise KeptByModule
        last = DatasetVersion.objects.filter(dataset=dataset).order_by("-number")[0]
        if last.state in {"draft", "submitted", "returned"}:
            raise DraftExists
        said = text_of(last)
        version = _begin(actor, dataset, number=last.number + 1, text=said, fields=texts_of(last.id), now=now)
        identity.record(
            actor, action="exchange.new_version", target=target(dataset), details={"version": version.number}
        )
    return version.number


def discard_draft(actor: Actor, *, code: str) -> None:
    """Throw a draft away; an entry that was never published goes with it.

    Raises: NoSuchDataset; NotPermitted; NoDraft.
    """
    with transaction.atomic():
        dataset = held(actor, code, permission=COMPILE_CATALOGUE)
        version = open_version(dataset)
        details = {"version": version.number, "title": version.title}
        version.delete()
        identity.record(actor, action="exchange.discard_draft", target=target(dataset), details=details)
        if not DatasetVersion.objects.filter(dataset=dataset).exists():
            dataset.delete()


def text_of(version: DatasetVersion) -> VersionText:
    """Return a version's text as a draft has it; the note of its change is left out."""
    said = {item.name: getattr(version, item.name) for item in names_of(VersionText)}
    said.update(keywords=tuple(version.keywords), related_codes=tuple(version.related_codes), change_note="")
    return VersionText(**said)


def _begin(
    actor: Actor, dataset: Dataset, *, number: int, text: VersionText, fields: Sequence[FieldText], now: datetime
) -> DatasetVersion:
    version = DatasetVersion(dataset=dataset, number=number, created_by=actor.key, created_at=now)
    apply_text(version, text)
    version.save()
    write_fields(version, fields)
    return version


def drafts_of(dataset: Dataset) -> list[int]:
    """Return the number of the version that can be edited, if there is one."""
    rows = DatasetVersion.objects.filter(dataset=dataset, state__in=EDITABLE)
    return list(rows.values_list("number", flat=True))
