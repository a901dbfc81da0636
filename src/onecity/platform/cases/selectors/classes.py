"""Classes of the edition in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from onecity.platform.cases.contracts import ClassInfo
from onecity.platform.cases.models import CaseClass, Classification
from onecity.platform.cases.rules.clocks import LimitRule
from onecity.platform.cases.rules.settings import read_limit
from onecity.platform.cases.selectors.remembered import Remembered


@dataclass(frozen=True, slots=True)
class KnownClass:
    """A class with its limits."""

    info: ClassInfo
    limits: Mapping[str, LimitRule]


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a scheme."""

    effective_from: datetime
    classes: Mapping[str, KnownClass]


def _load(scheme_code: str) -> tuple[Edition, ...]:
    editions = []
    for row in Classification.objects.filter(scheme_code=scheme_code).order_by("-effective_from", "-edition"):
        known = CaseClass.objects.filter(classification=row).order_by("code")
        editions.append(Edition(row.effective_from, {item.code: _known(item) for item in known}))
    return tuple(editions)


_editions: Remembered[str, tuple[Edition, ...]] = Remembered(_load)


def classes_at(scheme_code: str, *, at: datetime) -> Mapping[str, KnownClass]:
    """Return the classes of the edition in force at an instant, by code; none where the scheme has none."""
    if not scheme_code:
        return {}
    found = next((edition for edition in _editions[scheme_code] if edition.effective_from <= at), None)
    return found.classes if found else {}


def class_name(scheme_code: str, class_code: str) -> str:
    """Return a class's name from the newest edition that knows it; the code itself if none does."""
    for edition in _editions[scheme_code] if scheme_code and class_code else ():
        if class_code in edition.classes:
            return edition.classes[class_code].info.name
    return class_code


def _known(row: CaseClass) -> KnownClass:
    limits = {name: read_limit(item) for name, item in row.limits.items()}
    return KnownClass(
        ClassInfo(row.code, row.name, row.parent_code), {name: limit for name, limit in limits.items() if limit}
    )
