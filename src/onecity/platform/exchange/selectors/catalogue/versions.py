"""Versions of datasets and their fields."""

from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.exchange.models import DataField, Dataset, DatasetVersion


class NoSuchDataset(NotFound):
    """The catalogue has no such entry, or the actor may not know that it has."""

    code = "exchange.no_such_dataset"
    message = zh("目录中没有这项数据资源，或您无权查看")


def published_version(code: str) -> DatasetVersion:
    """Return what is published of a dataset at present, with its dataset.

    code: the catalogue's own code. Every member of the government may read what is published.
    Raises: NoSuchDataset.
    """
    found = (
        Dataset.objects.filter(code=code, state=Dataset.State.PUBLISHED).values_list("version_id", flat=True).first()
    )
    if found is None:
        raise NoSuchDataset
    return DatasetVersion.objects.select_related("dataset", "dataset__organisation").get(id=found)


def fields_of(version_id: int) -> list[DataField]:
    """Return a version's fields in order."""
    return list(DataField.objects.filter(version_id=version_id).order_by("position"))
