"""The catalogue's entries as sharing sees them, and where their rows come from."""

from dataclasses import dataclass
from typing import Final

from onecity.platform.exchange.contracts.sharing import SharedDataset, SharedField, Sharing
from onecity.platform.exchange.models import DataField, DatasetSupply, DatasetVersion
from onecity.platform.exchange.rules.sharing.masks import HIDDEN
from onecity.platform.exchange.selectors.catalogue.versions import published_version

SENSITIVE: Final = frozenset({DataField.Sensitivity.SENSITIVE.value, DataField.Sensitivity.HIGHLY_SENSITIVE.value})


def shared_dataset(code: str) -> SharedDataset:
    """Return the published entry of the catalogue.

    Raises: NoSuchDataset.
    """
    return _seen(published_version(code))


def dataset_at(code: str, *, version: int) -> SharedDataset | None:
    """Return an entry as it was in one of its versions; None if it never was."""
    found = DatasetVersion.objects.filter(dataset__code=code, number=version).select_related("dataset").first()
    return _seen(found) if found else None


def field_names(code: str, *, version: int) -> dict[str, str]:
    """Return the Chinese names of a version's fields by their columns; empty for one that is unknown."""
    rows = DataField.objects.filter(version__dataset__code=code, version__number=version).order_by("position")
    return dict(rows.values_list("name", "title"))


@dataclass(frozen=True, slots=True)
class Supply:
    """Where rows come from. columns: catalogue's column → source's; subject_column: the source's own name."""

    kind: str
    connection_code: str
    table: str
    key: tuple[str, ...]
    cursor: str
    columns: dict[str, str]
    subject_column: str
    subject_kind: str

    def source_column(self, column: str) -> str:
        """Return what the source calls a column of the catalogue."""
        return self.columns.get(column, column)


def supply_of(dataset: SharedDataset) -> Supply | None:
    """Return where a dataset's rows come from: as its provider has set it, else as the catalogue says; None if nobody
    has said."""
    row = DatasetSupply.objects.filter(dataset_code=dataset.code).first()
    if row is not None:
        return Supply(
            kind=row.kind,
            connection_code=row.connection_code,
            table=row.table,
            key=tuple(row.key) or dataset.key,
            cursor=row.cursor,
            columns=dict(row.columns),
            subject_column=row.subject_column,
            subject_kind=row.subject_kind,
        )
    if dataset.source_kind not in {DatasetVersion.Source.DECLARED, DatasetVersion.Source.CONNECTION}:
        return None
    return Supply(dataset.source_kind, dataset.place, dataset.table, dataset.key, "", {}, "", "")


def _seen(version: DatasetVersion) -> SharedDataset:
    whole = Sharing(version.sharing_type)
    fields = DataField.objects.filter(version=version).order_by("position")
    return SharedDataset(
        code=version.dataset.code,
        name=version.title,
        version=version.number,
        organisation_id=version.dataset.organisation_id,
        sharing=whole,
        condition=version.sharing_condition,
        ground=version.sharing_ground,
        fields=tuple(_field(item, whole) for item in fields),
        source_kind=version.source_kind,
        place=version.source_place,
        table=version.source_table,
        key=tuple(item.name for item in fields if item.is_key),
    )


def _field(item: DataField, whole: Sharing) -> SharedField:
    mask = item.mask or (HIDDEN if item.sensitivity in SENSITIVE else "")
    return SharedField(item.name, item.title, Sharing(item.sharing_type) if item.sharing_type else whole, mask)
