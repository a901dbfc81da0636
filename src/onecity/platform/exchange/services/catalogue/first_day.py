"""What stands in the catalogue on the first day: classes, code lists, licences, the first rule."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from onecity.platform.exchange.models import CatalogueClass, CatalogueRule, CodeList, CodeValue, Licence
from onecity.platform.exchange.rules.resource_codes import class_level, parent_class

_DATA: Final = Path(__file__).parents[2] / "data"
_FIRST_RULE: Final = {
    "separator": "/",
    "serial_digits": 6,
    "province_digits": "",
    "district_letter": "0",
    "correction_days": 10,
    "review_days": 5,
    "change_days": 10,
    "overdue_grace": 1,
    "source": "政务信息资源目录编制指南（试行）；政务数据共享条例；审核时限和宽限期为本平台规定",
    "author": "系统",
}


_SINCE_EVER: Final = date(2000, 1, 1)
"""The first rule also holds for replayed days before the guide of 2017: no earlier one is known."""


def enter_first_day(*, now: datetime) -> None:
    """Enter what is not there yet; what staff have changed stays. Running twice changes nothing. now: city time."""
    with transaction.atomic():
        _enter_classes()
        _enter_code_lists()
        for row in _rows("licences.csv"):
            Licence.objects.get_or_create(
                code=row["code"], defaults={"name": row["name"], "uri": row["uri"], "is_default": row["default"] == "1"}
            )
        if not CatalogueRule.objects.exists():
            CatalogueRule.objects.create(valid_from=_SINCE_EVER, created_at=now, **_FIRST_RULE)


def _enter_classes() -> None:
    known = set(CatalogueClass.objects.values_list("code", flat=True))
    CatalogueClass.objects.bulk_create(
        CatalogueClass(
            code=row["code"],
            name=row["name"],
            level=class_level(row["code"]),
            parent_code=parent_class(row["code"]),
            source=row["source"],
        )
        for row in _rows("classes.csv")
        if row["code"] not in known
    )


def _enter_code_lists() -> None:
    known = set(CodeList.objects.values_list("code", flat=True))
    made: dict[str, CodeList] = {}
    for row in _rows("code_lists.csv"):
        code = row["list"]
        if code in known:
            continue
        if code not in made:
            made[code] = CodeList.objects.create(code=code, name=row["list_name"], source=row["source"])
        place = CodeValue.objects.filter(code_list=made[code]).count() + 1
        CodeValue.objects.create(code_list=made[code], value=row["value"], name=row["name"], position=place)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
