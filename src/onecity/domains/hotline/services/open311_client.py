"""Open311 as a client: requests of another city's or system's endpoint come into the pool.

Only open requests are taken in; one that was taken in and has been closed there since gets a note. An endpoint is asked
in spans from where the last pull ended, so that nothing is asked for twice and nothing is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import httpx
import orjson
from django.db import transaction
from lxml import etree

from onecity.domains.hotline.contracts import NewDemand
from onecity.domains.hotline.models import Demand, Open311Endpoint
from onecity.domains.hotline.permissions import CONFIGURE
from onecity.domains.hotline.rules.open311 import LONGEST_SPAN, MOST_REQUESTS, read_moment, written_moment
from onecity.domains.hotline.services.taking import put_in
from onecity.domains.hotline.sources import OPEN311
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted, Unavailable
from onecity.kernel.text import zh
from onecity.platform.cases.api import add_note
from onecity.platform.geo.api import locate
from onecity.platform.identity.api import record

Given = Mapping[str, str]
ANSWER_S: Final = 20.0
MOST_BYTES: Final = 32 * 1024 * 1024
OVERLAP: Final = timedelta(minutes=10)
SHORTEST_SPAN: Final = timedelta(minutes=1)
_PULLER: Final = system_actor("hotline.open311_client")


class EndpointSilent(Unavailable):
    """The other side does not answer, or not as the standard has it."""

    code = "open311_endpoint_silent"
    message = zh("对方接口没有按Open311标准应答")


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull did. refused: requests that could not be taken in, with the reason."""

    taken: int
    known: int
    closed: int
    refused: Sequence[tuple[str, str]]


def set_endpoint(
    actor: Actor, *, name: str, url: str, topics: Mapping[str, str], jurisdiction_id: str = ""
) -> Open311Endpoint:
    """Pull from an endpoint from now on; setting it again changes it. topics: their service code → our topic.

    Raises: NotPermitted; Invalid for an address that is not one.
    """
    if not actor.may(CONFIGURE):
        raise NotPermitted
    if not url.startswith(("https://", "http://")):
        raise Invalid(fields={"url": zh("接口地址应以http://或https://开头")})
    with transaction.atomic():
        values = {"name": name[:80], "topics": dict(topics), "jurisdiction_id": jurisdiction_id, "is_active": True}
        row, _ = Open311Endpoint.objects.update_or_create(url=url.rstrip("/"), defaults=values)
        record(
            actor, action="hotline.set_endpoint", target=f"hotline.open311endpoint:{row.pk}", details={"url": row.url}
        )
    return row


def pull(endpoint_id: int, *, now: datetime, first: datetime | None = None) -> Pulled:
    """Ask an endpoint for what has come since the last pull and take it in. now: city time.

    first: where to begin at the first pull; 90 days back where nothing is said.
    Raises: NotFound; EndpointSilent: what was taken in before stays, and the next pull begins where this one stopped.
    """
    row = Open311Endpoint.objects.filter(id=endpoint_id, is_active=True).first()
    if row is None:
        raise NotFound(zh("没有这个Open311来源"))
    since = row.pulled_to - OVERLAP if row.pulled_to else first or now - LONGEST_SPAN
    taken = known = closed = 0
    refused: list[tuple[str, str]] = []
    while since < now:
        until = min(since + LONGEST_SPAN, now)
        found, until = _fetched(row, since, until)
        for given in found:
            said = _take(row, given, now=now)
            taken, known, closed = taken + (said == "taken"), known + (said == "known"), closed + (said == "closed")
            if said not in ("taken", "known", "closed", "over"):
                refused.append((given.get("service_request_id", ""), said))
        row.pulled_to = since = until
        row.save(update_fields=["pulled_to"])
    return Pulled(taken, known, closed, refused)


def _fetched(row: Open311Endpoint, since: datetime, until: datetime) -> tuple[list[Given], datetime]:
    """Return the requests of a span; a span that holds as many as an answer may hold is halved."""
    found = _ask(row, since, until)
    while len(found) >= MOST_REQUESTS and until - since > SHORTEST_SPAN:
        until = since + (until - since) / 2
        found = _ask(row, since, until)
    return found, until


def _ask(row: Open311Endpoint, since: datetime, until: datetime) -> list[Given]:
    parameters = {"start_date": str(written_moment(since)), "end_date": str(written_moment(until))}
    if row.jurisdiction_id:
        parameters["jurisdiction_id"] = row.jurisdiction_id
    for wanted, read in (("json", _from_json), ("xml", _from_xml)):
        answer = _got(f"{row.url}/requests.{wanted}", parameters)
        if answer is not None:
            return read(answer)
    raise EndpointSilent


def _got(url: str, parameters: Mapping[str, str]) -> bytes | None:
    """Return a body, or None where the other side does not speak this format."""
    try:
        with httpx.stream("GET", url, params=parameters, timeout=ANSWER_S, trust_env=False) as answer:
            if answer.status_code in (400, 404, 406, 415):
                return None
            answer.raise_for_status()
            body = b""
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    raise EndpointSilent
            return body
    except httpx.HTTPError as fault:
        raise EndpointSilent from fault


def _from_json(body: bytes) -> list[Given]:
    try:
        rows = orjson.loads(body)
    except orjson.JSONDecodeError as fault:
        raise EndpointSilent from fault
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise EndpointSilent
    return [{str(name): "" if value is None else str(value) for name, value in row.items()} for row in rows]


def _from_xml(body: bytes) -> list[Given]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        top = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as fault:
        raise EndpointSilent from fault
    if top.tag != "service_requests":
        raise EndpointSilent
    return [_texts(item) for item in top.iterchildren("request")]


def _texts(item: Any) -> Given:
    return {str(child.tag): (child.text or "").strip() for child in item.iterchildren()}


def _take(row: Open311Endpoint, given: Given, *, now: datetime) -> str:
    """Take one request in; returns taken, known, closed, over (closed before we knew of it), or the field at fault."""
    number = given.get("service_request_id", "")
    if not number:
        return "service_request_id"
    origin = f"{OPEN311}:pull:{row.pk}:{number}"[:120]
    held = Demand.objects.filter(case__origin=origin).first()
    if held is not None:
        return _note_closed(held, given, now=now)
    if given.get("status") == "closed":
        return "over"
    try:
        put_in(_PULLER, new=_demand(row, given, key=origin.removeprefix(f"{OPEN311}:")), now=now)
    except (Invalid, Conflict, Unavailable) as refusal:
        return ", ".join(refusal.fields) or refusal.code
    return "taken"


def _note_closed(held: Demand, given: Given, *, now: datetime) -> str:
    if given.get("status") != "closed" or held.status != Demand.Status.OPEN or held.reply:
        return "known"
    text = given.get("status_notes", "") or zh("对方系统已办结")
    with transaction.atomic():
        add_note(_PULLER, case_id=held.case_id, text=text[:2000], now=now)
        Demand.objects.filter(case_id=held.case_id).update(reply=text[:2000], updated_at=now)
    return "closed"


def _demand(row: Open311Endpoint, given: Given, *, key: str) -> NewDemand:
    topic = str(row.topics.get(given.get("service_code", ""), ""))
    words = "。".join(part for part in (given.get("service_name", ""), given.get("description", "")) if part)
    told = given.get("requested_datetime", "")
    try:
        when = f"（{read_moment(told):%Y-%m-%d %H:%M}）" if told else ""
    except ValueError:
        when = ""
    return NewDemand(
        kind="complaint",
        words=f"{words}{when}"[:4000],
        source_code=OPEN311,
        key=key,
        topic_code=topic,
        location=_place(given),
        address=given.get("address", ""),
    )


def _place(given: Given) -> tuple[float, float] | None:
    """Return where the request lies; None where it has no place or one outside the city, whose words remain."""
    try:
        place = float(given.get("long", "")), float(given.get("lat", ""))
        locate(longitude=place[0], latitude=place[1])
    except (ValueError, Invalid):
        return None
    return place
