"""Services and requests as Open311 tells of them. Only requests that came by Open311 are told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from onecity.domains.hotline.kinds import KINDS
from onecity.domains.hotline.models import ServiceRequest, Topic
from onecity.domains.hotline.models.demands import Demand
from onecity.domains.hotline.rules.open311 import MOST_REQUESTS, written_moment
from onecity.domains.hotline.selectors.settings import topic_names
from onecity.kernel.text import zh

Row = dict[str, object]
NOTES: Final = {
    "open": zh("办理中"),
    "closed": zh("已办结"),
    "void": zh("不予受理"),
    "merged": zh("与同一问题合并办理"),
}


def services() -> list[Row]:
    """Return the services: topics below the big classes."""
    names = topic_names()
    rows = Topic.objects.filter(is_active=True).exclude(code__endswith="0000").order_by("code")
    return [
        {
            "service_code": row.code,
            "service_name": row.name,
            "description": row.name_en,
            "metadata": True,
            "type": "realtime",
            "keywords": row.name,
            "group": names.get(f"{row.code[:2]}0000", ""),
        }
        for row in rows
    ]


def service_definition(code: str) -> Row | None:
    """Return what a service asks beside the words: the kind of demand."""
    if not Topic.objects.filter(code=code, is_active=True).exclude(code__endswith="0000").exists():
        return None
    values = [{"key": kind, "name": name} for kind, name in KINDS]
    kind: Row = {
        "variable": True,
        "code": "kind",
        "datatype": "singlevaluelist",
        "required": False,
        "datatype_description": "",
        "order": 1,
        "description": zh("诉求类型"),
        "values": values,
    }
    return {"service_code": code, "attributes": [kind]}


def requests(
    *, numbers: Sequence[str], service_codes: Sequence[str], statuses: Sequence[str], span: tuple[datetime, datetime]
) -> list[Row]:
    """Return requests, the newest first, at most 1,000. numbers: given, they alone count, whatever the span."""
    rows = ServiceRequest.objects.select_related("case")
    found = Demand.objects.filter(case_id__in=rows.values("case_id")).select_related("handler")
    if numbers:
        found = found.filter(number__in=numbers)
    else:
        found = found.filter(opened_at__gte=span[0], opened_at__lte=span[1])
        found = found.filter(topic_code__in=service_codes) if service_codes else found
        if len(statuses) == 1:
            is_open = statuses[0] == "open"
            found = found.filter(status="open") if is_open else found.exclude(status="open")
    names = topic_names()
    chosen = list(found.order_by("-opened_at", "-case_id")[:MOST_REQUESTS])
    media = dict(rows.filter(case_id__in=[row.case_id for row in chosen]).values_list("case_id", "media_url"))
    return [_row(row, names.get(row.topic_code, ""), media.get(row.case_id, "")) for row in chosen]


def number_of_token(token: str) -> str | None:
    """Return the number of the request that a token stands for."""
    return ServiceRequest.objects.filter(token=token).values_list("case__number", flat=True).first()


def _row(row: Demand, name: str, media_url: str) -> Row:
    return {
        "service_request_id": row.number,
        "status": "open" if row.status == "open" else "closed",
        "status_notes": row.reply or NOTES[row.status],
        "service_name": name,
        "service_code": row.topic_code,
        "description": row.words,
        "agency_responsible": row.handler.name if row.handler else "",
        "service_notice": "",
        "requested_datetime": written_moment(row.opened_at),
        "updated_datetime": written_moment(row.updated_at),
        "expected_datetime": written_moment(row.due_at),
        "address": row.address,
        "address_id": "",
        "zipcode": "",
        "lat": row.latitude,
        "long": row.longitude,
        "media_url": media_url,
    }
