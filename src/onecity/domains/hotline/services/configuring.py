"""Setting who answers for what, the topics, the reasons and the limits."""

import csv
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from onecity.domains.hotline.kinds import KIND_SCHEME, SCHEME_NAME, kind_classes
from onecity.domains.hotline.models import Centre, RefusalReason, Topic, TopicDuty
from onecity.domains.hotline.permissions import CONFIGURE
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.cases.api import add_edition
from onecity.platform.cases.declare import Classification
from onecity.platform.identity.api import organisation, record

_FOLDER: Final = Path(__file__).parent.parent / "data"


def set_centre(
    actor: Actor, *, division_code: str, organisation_id: int, petition_office_id: int | None = None
) -> None:
    """Let bodies own the demands and the petitions of a division (2 to 15 digits); setting it again changes it.

    Raises: NotPermitted; Invalid; NotFound for an unknown organisation.
    """
    _check(actor)
    _check_division(division_code, least=2)
    with transaction.atomic():
        values = {
            "organisation_id": organisation(organisation_id).id,
            "petition_office_id": organisation(petition_office_id).id if petition_office_id else None,
        }
        Centre.objects.update_or_create(division_code=division_code, defaults=values)
        record(actor, action="hotline.set_centre", details={"division": division_code, **values})


def assign_duty(actor: Actor, *, topic_code: str, organisation_id: int, division_code: str = "") -> None:
    """Let a body handle a topic, everywhere or in a division; setting it again changes it.

    Raises: NotPermitted; Invalid; NotFound for an unknown organisation.
    """
    _check(actor)
    _check_division(division_code, least=0)
    if not Topic.objects.filter(code=topic_code).exists():
        raise Invalid(fields={"topic_code": zh("没有这个诉求分类")})
    with transaction.atomic():
        handler = organisation(organisation_id).id
        TopicDuty.objects.update_or_create(
            topic_code=topic_code, division_code=division_code, defaults={"organisation_id": handler}
        )
        details = {"topic": topic_code, "division": division_code, "organisation": handler}
        record(actor, action="hotline.assign_duty", details=details)


def remove_duty(actor: Actor, *, duty_id: int) -> None:
    """Take a duty away; removing it again changes nothing.

    Raises: NotPermitted.
    """
    _check(actor)
    with transaction.atomic():
        row = TopicDuty.objects.select_for_update().filter(id=duty_id).first()
        if row is None:
            return
        details = {"topic": row.topic_code, "division": row.division_code, "organisation": row.organisation_id}
        row.delete()
        record(actor, action="hotline.remove_duty", details=details)


def load_topics(actor: Actor, *, lines: Iterable[str]) -> int:
    """Take over a list of topics (columns code, name, name_en, script); topics that it lacks go out of use.

    Returns how many it holds. Raises: NotPermitted; Invalid naming the line at fault.
    """
    _check(actor)
    rows = list(csv.DictReader(lines))
    for row in rows:
        code = row.get("code") or ""
        if not (len(code) == 6 and code.isascii() and code.isdigit() and (row.get("name") or "").strip()):
            raise Invalid(fields={"topics": zh("分类表每行须有六位编码和名称")})
    with transaction.atomic():
        Topic.objects.update(is_active=False)
        Topic.objects.bulk_create(
            [
                Topic(
                    code=row["code"], name=row["name"], name_en=row.get("name_en") or "", script=row.get("script") or ""
                )
                for row in rows
            ],
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name", "name_en", "script", "is_active"],
        )
        record(actor, action="hotline.load_topics", details={"topics": len(rows)})
    return len(rows)


def load_limits(actor: Actor, *, lines: Iterable[str], effective_from: datetime) -> int:
    """Bring in a new edition of kinds and limits, in force for demands taken in from then on; returns its number.

    Raises: NotPermitted; Invalid for a table that cannot be read.
    """
    _check(actor)
    try:
        classes = kind_classes(lines)
    except (ValueError, KeyError) as error:
        raise Invalid(fields={"limits": zh("时限表格式不正确")}) from error
    with transaction.atomic():
        edition = add_edition(Classification(KIND_SCHEME, SCHEME_NAME, classes), effective_from=effective_from)
        record(actor, action="hotline.load_limits", details={"edition": edition, "from": effective_from.isoformat()})
    return edition


def install_first_lists() -> int:
    """Bring in the topics and reasons that come with the software where there are none; returns how many."""
    count = 0
    with transaction.atomic():
        if not Topic.objects.exists():
            count += len(Topic.objects.bulk_create(Topic(**row) for row in rows_of("topics.csv")))
        if not RefusalReason.objects.exists():
            count += len(RefusalReason.objects.bulk_create(RefusalReason(**row) for row in rows_of("refusals.csv")))
    return count


def rows_of(name: str) -> list[dict[str, str]]:
    """Return the rows of a table that comes with the software."""
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return [{key: value or "" for key, value in row.items()} for row in csv.DictReader(file)]


def _check(actor: Actor) -> None:
    if not actor.may(CONFIGURE):
        raise NotPermitted


def _check_division(code: str, *, least: int) -> None:
    if not least <= len(code) <= 15 or (code and not (code.isascii() and code.isdigit())):
        raise Invalid(fields={"division_code": zh("区划代码应为2至15位数字")})
