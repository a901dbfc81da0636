"""One entry: who may see what of it, its versions, and the published text complete."""

from dataclasses import dataclass
from dataclasses import fields as names_of

from onecity.kernel.actor import EVERYTHING, Actor
from onecity.platform.exchange.contracts.catalogue import FieldText, PublishedEntry
from onecity.platform.exchange.models import DataField, Dataset, DatasetVersion, DownloadFile, Licence
from onecity.platform.exchange.permissions import COMPILE_CATALOGUE, REVIEW_CATALOGUE, VIEW_CATALOGUE
from onecity.platform.exchange.registries import declared_datasets
from onecity.platform.exchange.rules.comparing import Difference, Said, differences
from onecity.platform.exchange.rules.resource_codes import identifier
from onecity.platform.exchange.selectors.catalogue.classes import class_names, class_path
from onecity.platform.exchange.selectors.catalogue.versions import NoSuchDataset
from onecity.platform.identity import api as identity

_WORKED_ON = ("draft", "submitted", "returned")
COMPARED = (
    "title",
    "abstract",
    "class_code",
    "provider_unit",
    "format_class",
    "format_type",
    "resource_kind",
    "sharing_type",
    "sharing_condition",
    "sharing_ground",
    "sharing_mode",
    "open_type",
    "open_condition",
    "licence_code",
    "update_cycle",
    "keywords",
    "related_codes",
)


@dataclass(frozen=True, slots=True)
class Rights:
    """What an actor may do with an entry."""

    compiles: bool
    reviews: bool

    @property
    def inside(self) -> bool:
        """Whether he sees what is not published."""
        return self.compiles or self.reviews


def rights_over(actor: Actor, organisation_id: int) -> Rights:
    """Return what an actor may do with an organisation's entries."""
    keys = {*identity.row_keys(organisation_id=organisation_id, division_code=""), EVERYTHING}
    return Rights(bool(keys & actor.scopes(COMPILE_CATALOGUE)), bool(keys & actor.scopes(REVIEW_CATALOGUE)))


def entry_for(actor: Actor, code: str) -> tuple[Dataset, Rights]:
    """Return an entry that the actor may see, and his rights over it.

    Raises: NoSuchDataset if there is none, or it is unpublished and not his.
    """
    row = Dataset.objects.select_related("organisation").filter(code=code).first()
    if row is None:
        raise NoSuchDataset
    rights = rights_over(actor, row.organisation_id)
    seen = row.state == Dataset.State.PUBLISHED and actor.may(VIEW_CATALOGUE)
    if not seen and not rights.inside:
        raise NoSuchDataset
    return row, rights


def versions_of(dataset: Dataset, *, rights: Rights) -> list[DatasetVersion]:
    """Return an entry's versions, newest first; those being worked on only to those inside."""
    rows = DatasetVersion.objects.filter(dataset=dataset).order_by("-number")
    return list(rows if rights.inside else rows.exclude(state__in=_WORKED_ON))


def version_for(dataset: Dataset, *, rights: Rights, number: int | None = None) -> DatasetVersion:
    """Return a version by its number; without one the published, else the newest that may be seen.

    Raises: NoSuchDataset.
    """
    rows = versions_of(dataset, rights=rights)
    if number is not None:
        rows = [row for row in rows if row.number == number]
    elif dataset.version_id is not None:
        rows = [row for row in rows if row.id == dataset.version_id]
    if not rows:
        raise NoSuchDataset
    return rows[0]


def differences_of(before: DatasetVersion, after: DatasetVersion) -> list[Difference]:
    """Return what differs between two versions of an entry."""
    return differences(
        _said(before), after=_said(after), fields_before=_fields_said(before.id), fields_after=_fields_said(after.id)
    )


def published_entry(code: str) -> PublishedEntry:
    """Return what is published of a dataset that is open to society.

    Raises: NoSuchDataset, also for one that is not open.
    """
    row = Dataset.objects.select_related("version", "organisation").filter(
        code=code, state=Dataset.State.PUBLISHED
    ).exclude(open_type="none").first()  # fmt: skip
    if row is None:
        raise NoSuchDataset
    return complete([row])[0]


def complete(rows: list[Dataset]) -> list[PublishedEntry]:
    """Return published entries complete; a fixed number of queries for any number of them."""
    version_ids = [row.version_id for row in rows if row.version_id is not None]
    fields: dict[int, list[FieldText]] = {}
    names = [item.name for item in names_of(FieldText)]
    for item in DataField.objects.filter(version_id__in=version_ids).order_by("version_id", "position").values(
        "version_id", *names
    ):  # fmt: skip
        fields.setdefault(item.pop("version_id"), []).append(FieldText(**item))
    files: dict[int, dict[str, int]] = {}
    made = DownloadFile.objects.filter(version_id__in=version_ids, made_at__isnull=False)
    for version_id, form, size in made.values_list("version_id", "format", "size"):
        files.setdefault(version_id, {})[form] = size
    licences = {item.code: (item.code, item.name, item.uri) for item in Licence.objects.all()}
    classes, published = class_names(), _published(rows)
    return [_complete(row, fields, files, licences, classes, published) for row in rows if row.version is not None]


def _complete(
    row: Dataset,
    fields: dict[int, list[FieldText]],
    files: dict[int, dict[str, int]],
    licences: dict[str, tuple[str, str, str]],
    classes: dict[str, str],
    published: frozenset[str],
) -> PublishedEntry:
    version = row.version
    assert version is not None
    assert version.published_at is not None
    declared = declared_datasets().get(row.code) if row.declared else None
    return PublishedEntry(
        code=row.code,
        resource_code=row.resource_code,
        identifier=identifier(row.front_code, back=row.back_code) if row.front_code else "",
        version=version.number,
        title=version.title,
        abstract=version.abstract,
        class_path=class_path(version.class_code, names=classes),
        provider_code=row.organisation.code,
        provider_name=row.organisation.name,
        provider_credit_code=version.provider_credit_code,
        sharing_type=version.sharing_type,
        sharing_condition=version.sharing_condition,
        open_type=version.open_type,
        open_condition=version.open_condition,
        licence=licences.get(version.licence_code),
        update_cycle=version.update_cycle,
        keywords=tuple(version.keywords),
        related=tuple(code for code in version.related_codes if code in published),
        issued_at=row.published_at or version.published_at,
        modified_at=version.published_at,
        last_data_at=row.last_data_at,
        has_geometry=version.has_geometry,
        served=declared is not None,
        queryable=declared is not None and bool(declared.rows),
        fields=tuple(field for field in fields.get(version.id, []) if field.is_open),
        files=files.get(version.id, {}),
    )


def _published(rows: list[Dataset]) -> frozenset[str]:
    related = {code for row in rows if row.version is not None for code in row.version.related_codes}
    found = Dataset.objects.filter(code__in=related, state=Dataset.State.PUBLISHED).exclude(open_type="none")
    return frozenset(found.values_list("code", flat=True))


def _said(version: DatasetVersion) -> dict[str, Said]:
    values = {name: getattr(version, name) for name in COMPARED}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def _fields_said(version_id: int) -> list[dict[str, Said]]:
    names = [item.name for item in names_of(FieldText)]
    return list(DataField.objects.filter(version_id=version_id).order_by("position").values(*names))
