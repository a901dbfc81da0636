"""Operations for other systems: hand in a report, ask how it stands."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from onecity.domains.urban_management.contracts import NewReport
from onecity.domains.urban_management.permissions import SUBMIT
from onecity.domains.urban_management.selectors.following import followed, is_reporter, report_of
from onecity.domains.urban_management.services.reporting import report_from_system
from onecity.domains.urban_management.sources import HOTLINE
from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.web.api import needs

router = Router(tags=["urban_management"])


class ReportIn(Schema):
    """A problem as another system hands it in. reference: that system's own number; the same one opens one case."""

    reference: str = Field(min_length=1, max_length=60)
    description: str = Field(min_length=1, max_length=2000)
    longitude: float = Field(ge=-180, le=180)
    latitude: float = Field(ge=-90, le=90)
    source: str = HOTLINE
    address: str = Field("", max_length=200)
    class_code: str = ""
    urgency: int = Field(0, ge=0, le=2)
    reporter_name: str = Field("", max_length=40)
    reporter_phone: str = Field("", max_length=20)


class ReportOut(Schema):
    """The case that the report opened, or that its reference had opened before."""

    number: str
    created: bool


class StageOut(Schema):
    """A stage of the case."""

    name: str
    state: str


class AnswerOut(Schema):
    """What was done; text: what was written for the reporter."""

    at: datetime
    name: str
    text: str


class StandingOut(Schema):
    """How a report stands."""

    number: str
    status: str
    merged_into: str
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    stages: list[StageOut]
    answers: list[AnswerOut]


@router.post("/reports", response={201: ReportOut, 200: ReportOut}, auth=needs(SUBMIT), summary=zh("上报城市管理问题"))
def submit(request: HttpRequest, given: ReportIn) -> Status[ReportOut]:
    """Open a case; the same `reference` of the same client, or the same Idempotency-Key, opens one."""
    new = NewReport(
        description=given.description,
        location=(given.longitude, given.latitude),
        key=given.reference,
        address=given.address,
        class_code=given.class_code,
        urgency=given.urgency,
        reporter_name=given.reporter_name,
        reporter_phone=given.reporter_phone,
    )
    opened = report_from_system(
        _actor(request), new=new, source=given.source, now=clock.city_now(), told_at=clock.real_now()
    )
    return Status(201 if opened.created else 200, ReportOut(number=opened.number, created=opened.created))


@router.get("/reports/{number}", response=StandingOut, auth=needs(SUBMIT), summary=zh("查询上报办理进度"))
def standing(request: HttpRequest, number: str) -> StandingOut:
    """Tell how a report stands, to the client that handed it in."""
    row = report_of(number)
    if row is None or not is_reporter(_actor(request), row):
        raise NotFound(zh("没有这个案件"))
    found = followed(number, now=clock.city_now())
    return StandingOut(
        number=found.number,
        status=found.status,
        merged_into=found.merged_into,
        opened_at=found.opened_at,
        due_at=found.due_at,
        closed_at=found.closed_at,
        stages=[StageOut(name=item.name, state=item.state) for item in found.stages],
        answers=[AnswerOut(at=item.at, name=item.name, text=item.text) for item in found.answers],
    )


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # the sign-on middleware sets it
    return actor
