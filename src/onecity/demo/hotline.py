"""The demonstration's hotline: who answers for which topics, the first articles, and thirty demands at every stage."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from onecity.demo.packs import CITIES, BadPack, CityPack, Strict
from onecity.demo.synthesis.plane import Plane
from onecity.domains.hotline import api as hotline
from onecity.domains.hotline.contracts import NewDemand
from onecity.kernel.actor import Actor
from onecity.platform.cases import api as cases
from onecity.platform.cases.contracts import TaskAnswer, TaskInfo
from onecity.platform.geo import api as geo
from onecity.platform.identity import api as identity

FILE: Final = CITIES / "hotline.toml"
STEP: Final = timedelta(hours=2)
SAID: Final = "已按规定办理，现将情况答复如下：问题已核实处理，感谢您的监督。"


class DemoArticle(Strict, frozen=True):
    """An article of a body."""

    owner: str
    topic: str
    title: str
    keywords: str
    body: str
    basis: str


class DemoDemand(Strict, frozen=True):
    """A demand. days: before the demonstration begins. east, north: metres from the city's middle; none without."""

    kind: str
    topic: str
    words: str
    days: float
    steps: tuple[str, ...]
    east: float | None = None
    north: float | None = None
    urgency: int = 0
    secret: bool = False
    people: int = 1
    representatives: int = 1
    note: str = SAID


class HotlineTable(Strict, frozen=True):
    """centre, petition_office: codes of bodies. duties: body → topics."""

    centre: str
    petition_office: str
    duties: Mapping[str, tuple[str, ...]]
    article: tuple[DemoArticle, ...]
    demand: tuple[DemoDemand, ...]


def hotline_table() -> HotlineTable:
    """Return the table.

    Raises: BadPack if it breaks its form.
    """
    try:
        return msgspec.toml.decode(FILE.read_bytes(), type=HotlineTable)
    except msgspec.DecodeError as error:
        raise BadPack(params={"code": FILE.name, "reason": str(error)}) from error


def load_hotline(actor: Actor, *, pack: CityPack, now: datetime) -> int:
    """Set the hotline up and take its first demands in, each once; returns how many there are. now: city time."""
    table, bodies = hotline_table(), {item.code: item.id for item in identity.organisations()}
    hotline.install_first_lists()
    hotline.set_centre(
        actor,
        division_code=pack.division_code[:4],
        organisation_id=bodies[table.centre],
        petition_office_id=bodies[table.petition_office],
    )
    for body, topics in table.duties.items():
        for topic in topics:
            hotline.assign_duty(actor, topic_code=topic, organisation_id=bodies[body])
    hotline.load_articles(
        actor,
        articles=[
            (bodies[item.owner], hotline.NewVersion(item.title, item.body, item.topic, item.keywords, item.basis))
            for item in table.article
        ],
        now=now,
    )
    for number, item in enumerate(table.demand, start=1):
        _take(actor, item, number=number, pack=pack, now=now)
    return len(table.demand)


def _take(actor: Actor, item: DemoDemand, *, number: int, pack: CityPack, now: datetime) -> None:
    petition = item.kind.startswith("petition_")
    at = now - timedelta(days=item.days)
    new = NewDemand(
        kind=item.kind,
        words=item.words,
        source_code="hotline.petition" if petition else "hotline.call",
        key=f"demo:{number}",
        topic_code=item.topic,
        location=_place(item, pack),
        division_code=pack.division_code[:6],
        caller_name="",
        caller_phone=f"139000{number:05d}",
        urgency=item.urgency,
        keep_secret=item.secret,
        people=item.people,
        representatives=item.representatives,
    )
    taken = hotline.take_demand(actor, new=new, now=at)
    if not taken.created:
        return
    body = hotline.department_of(item.topic)
    for outcome in item.steps:
        at = min(at + STEP, now)
        task = _waiting(actor, taken.number, now=at)
        goes = body if outcome in ("assign", "transfer") else None
        data = {"solved": "已解决"} if task.node == "callback" else {}
        answer = TaskAnswer(outcome, item.note, organisation_id=goes, data=data)
        cases.complete_task(actor, task_id=task.id, answer=answer, now=at)


def _waiting(actor: Actor, number: str, *, now: datetime) -> TaskInfo:
    return next(task for task in cases.case(actor, number, now=now).tasks if task.state == "open")


def _place(item: DemoDemand, pack: CityPack) -> tuple[float, float] | None:
    """Return where a demand lies; None where it has no place or the city does not reach that far."""
    if item.east is None or item.north is None:
        return None
    longitude, latitude = Plane(pack.view.longitude, pack.view.latitude).degrees((item.east, item.north))
    try:
        geo.locate(longitude=longitude, latitude=latitude)
    except geo.OutsideCity:
        return None
    return longitude, latitude
