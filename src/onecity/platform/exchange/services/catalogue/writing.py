"""Writing a version's text and fields, and the copies that lists read."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.catalogue import FieldText, VersionText
from onecity.platform.exchange.contracts.tables import LogicalType
from onecity.platform.exchange.models import CatalogueClass, CodeList, DataField, Dataset, DatasetVersion, Licence
from onecity.platform.exchange.models.catalogue.versions import Sharing
from onecity.platform.exchange.rules.personal import MASKS
from onecity.platform.exchange.rules.row_queries import FIELD_NAME
from onecity.platform.identity import api as identity

MOST_FIELDS: Final = 500
_LONGEST_WORDS: Final = 4_000
_CHOICES: Final = {
    "sharing_type": Sharing.values,
    "open_type": Sharing.values,
    "update_cycle": DatasetVersion.Cycle.values,
    "format_class": DatasetVersion.Format.values,
    "resource_kind": DatasetVersion.Resource.values,
    "source_kind": DatasetVersion.Source.values,
}
_TYPES: Final = frozenset(item.value for item in LogicalType)


class BadEntry(Invalid):
    """What was written into a draft cannot be kept."""

    code = "exchange.bad_entry"
    message = zh("目录内容不符合要求")


def check(text: VersionText, fields: Sequence[FieldText]) -> None:
    """Check what no draft may hold: unknown codes and broken fields. What is merely missing waits for the submission.

    Raises: BadEntry naming the inputs.
    """
    faults: dict[str, str] = {}
    if not text.title.strip():
        faults["title"] = zh("请填写信息资源名称")
    if text.class_code and not CatalogueClass.objects.filter(code=text.class_code, is_active=True).exists():
        faults["class_code"] = zh("没有这个分类")
    if text.licence_code and not Licence.objects.filter(code=text.licence_code).exists():
        faults["licence_code"] = zh("没有这种开放许可")
    for name, values in _CHOICES.items():
        if getattr(text, name) not in values:
            faults[name] = zh("没有这个选项")
    fault = _field_fault(fields)
    if fault:
        faults["fields"] = fault
    if faults:
        raise BadEntry(fields=faults)


def _field_fault(fields: Sequence[FieldText]) -> str:
    """Return the first thing that is wrong with a draft's fields, empty if nothing is."""
    lists = {field.code_list_code for field in fields if field.code_list_code}
    known_lists = set(CodeList.objects.filter(code__in=lists).values_list("code", flat=True))
    wrong = (
        (len(fields) > MOST_FIELDS, zh("信息项最多500个")),
        (
            any(not FIELD_NAME.fullmatch(field.name) for field in fields),
            zh("字段名由小写字母、数字和下划线组成，以字母开头，最长63位"),
        ),
        (len({field.name for field in fields}) < len(fields), zh("字段名不得重复")),
        (any(field.type not in _TYPES for field in fields), zh("信息项的数据类型不正确")),
        (any(field.mask and field.mask not in MASKS for field in fields), zh("没有这种脱敏方式")),
        (any(field.sensitivity not in DataField.Sensitivity.values for field in fields), zh("没有这个敏感级别")),
        (any(field.sharing_type not in {"", *Sharing.values} for field in fields), zh("没有这种共享类型")),
        (bool(lists - known_lists), zh("没有这个代码表")),
    )
    return next((sentence for is_wrong, sentence in wrong if is_wrong), "")


def apply_text(version: DatasetVersion, text: VersionText) -> None:
    """Set a version's text; the caller saves."""
    for name, value in asdict(text).items():
        setattr(version, name, list(value) if isinstance(value, tuple) else value)
    version.title = text.title.strip()


def write_fields(version: DatasetVersion, fields: Sequence[FieldText]) -> None:
    """Put these fields in the place of the version's."""
    DataField.objects.filter(version=version).delete()
    DataField.objects.bulk_create(
        DataField(version=version, position=place, **asdict(field)) for place, field in enumerate(fields, start=1)
    )


def copy_to_list(dataset: Dataset, version: DatasetVersion, *, fields: Sequence[FieldText]) -> None:
    """Set what lists read of an entry from a version; the caller saves."""
    provider = identity.organisation(dataset.organisation_id)
    dataset.title = version.title
    dataset.class_code = version.class_code
    dataset.sharing_type = version.sharing_type
    dataset.open_type = version.open_type
    dataset.update_cycle = version.update_cycle
    words = [version.title, dataset.code, dataset.resource_code, provider.name, version.abstract]
    words += [*version.keywords, *(f"{field.title} {field.name}" for field in fields)]
    dataset.words = " ".join(word for word in words if word)[:_LONGEST_WORDS]


def texts_of(version_id: int) -> tuple[FieldText, ...]:
    """Return a version's fields as a draft has them."""
    rows = DataField.objects.filter(version_id=version_id).order_by("position")
    names = list(FieldText.__dataclass_fields__)
    return tuple(FieldText(**row) for row in rows.values(*names))
