"""A matter becomes a case: assessed, handled, fed back, concluded; the brief of the day as a document."""

import io
import re
from datetime import datetime, timedelta

import pytest
from docx import Document

from onecity.domains.opinion.api import hand_over
from onecity.domains.opinion.contracts import NewFinding
from onecity.domains.opinion.models import Brief, EarlyWarning, Finding, Theme
from onecity.domains.opinion.process import DIAGRAM_WORDS, FINDING, first_edition
from onecity.domains.opinion.selectors import measures
from onecity.domains.opinion.selectors.briefs import may_read_brief
from onecity.domains.opinion.services.briefs import make_brief, make_due_briefs
from onecity.domains.opinion.services.findings import note_case
from onecity.domains.opinion.services.writing import summary
from onecity.domains.opinion.tests.factories import BODY, OTHER, SYSTEM, Newsroom, found, told, wave
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.cases.api import case, complete_task
from onecity.platform.cases.contracts import TaskAnswer
from onecity.platform.documents.api import documents_of, opened
from onecity.platform.indicators.declare import Measure, Period

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def handed(room: Newsroom, now: datetime, *, level: int = 4, to: int | None = None) -> str:
    told(room, [found(published_at=now - 2 * HOUR), found("另一题", outlet="晚报", published_at=now - HOUR)], now=now)
    new = NewFinding(level, "传播较快，请核实处置", theme_id=Theme.objects.get().pk, organisation_id=to)
    return hand_over(room.analyst, new=new, now=now).number


def end(actor: Actor, number: str, outcome: str, *, now: datetime, to: int | None = None) -> None:
    task = next(item for item in case(SYSTEM, number, now=now).tasks if item.state == "open")
    complete_task(actor, task_id=task.id, answer=TaskAnswer(outcome, "情况说明", organisation_id=to), now=now)


def closed(number: str, *, now: datetime) -> None:
    """Tell the domain that a case has ended, as the outbox would."""
    note_case({"type_code": "opinion.finding", "number": number, "at": now.isoformat()})


def test_diagram_says_what_the_catalogue_knows() -> None:
    said = set(re.findall(r' name="([^"]*[\u4e00-\u9fff][^"]*)"', FINDING.process.read_text(encoding="utf-8")))
    assert said == set(DIAGRAM_WORDS)


def test_finding_goes_from_assessment_to_its_end(room: Newsroom, now: datetime) -> None:
    number = handed(room, now)
    steps = (
        (room.analyst, "assign", room.bureau.id),
        (room.undertaker, "done", None),
        (room.undertaker, "send", None),
        (room.leader, "close", None),
    )
    stages = []
    for actor, outcome, to in steps:
        stages.append(case(SYSTEM, number, now=now).row.stage_code)
        end(actor, number, outcome, now=now + HOUR, to=to)
    assert stages == ["assess", "handle", "feedback", "close"]
    closed(number, now=now + HOUR)
    row = Finding.objects.get()
    assert (row.status, row.closed_at, row.first_told_at) == ("closed", now + HOUR, now - 2 * HOUR)


def test_ways_back_lead_to_assessment_and_to_handling(room: Newsroom, now: datetime) -> None:
    number = handed(room, now, to=room.bureau.id)
    end(room.undertaker, number, "return", now=now)
    assert case(SYSTEM, number, now=now).row.stage_code == "assess"
    end(room.analyst, number, "assign", now=now, to=room.bureau.id)
    end(room.undertaker, number, "done", now=now)
    end(room.undertaker, number, "send", now=now)
    end(room.leader, number, "rework", now=now)
    assert case(SYSTEM, number, now=now).row.stage_code == "handle"


def test_what_needs_nothing_is_void(room: Newsroom, now: datetime) -> None:
    number = handed(room, now)
    end(room.analyst, number, "ignore", now=now)
    closed(number, now=now)
    assert Finding.objects.get().status == "void"
    note_case({"type_code": "hotline.demand", "number": "", "at": ""})


@pytest.mark.parametrize(("level", "hours"), [(4, 24), (3, 48)])
def test_limits_stand_by_level(room: Newsroom, now: datetime, level: int, hours: int) -> None:
    number = handed(room, now, level=level)
    assert case(SYSTEM, number, now=now).row.due_at == Finding.objects.get().due_at == now + timedelta(hours=hours)


def test_every_level_has_all_limits() -> None:
    assert {item.code: set(item.limits) for item in first_edition().classes} == {
        f"level_{level}": {"assess", "handle", "feedback", "close", "whole"} for level in (1, 2, 3, 4)
    }


def test_matter_is_handed_over_once_and_tells_what_was_said(room: Newsroom, now: datetime) -> None:
    number = handed(room, now)
    again = hand_over(room.leader, new=NewFinding(1, "再转", theme_id=Theme.objects.get().pk), now=now)
    assert (again.number, again.created, Finding.objects.count()) == (number, False, 1)
    words = case(SYSTEM, number, now=now).description
    assert "传播较快，请核实处置" in words
    assert "相关文章2篇，其中转载1篇" in words


def test_single_article_is_handed_over_too(room: Newsroom, now: datetime) -> None:
    (row,) = told(room, [found()], now=now)
    hand_over(room.analyst, new=NewFinding(1, "核实", article_id=row.pk), now=now)
    kept = Finding.objects.get()
    assert (kept.article_id, kept.theme_id, kept.first_told_at) == (row.pk, None, row.told_at)


def test_handing_over_is_checked(room: Newsroom, now: datetime) -> None:
    (row,) = told(room, [found()], now=now)
    for new, fault in (
        (NewFinding(0, "x", article_id=row.pk), "level"),
        (NewFinding(1, " ", article_id=row.pk), "reason"),
    ):
        with pytest.raises(Invalid) as refusal:
            hand_over(room.analyst, new=new, now=now)
        assert set(refusal.value.fields) == {fault}
    for new in (
        NewFinding(1, "x", theme_id=0),
        NewFinding(1, "x", article_id=0),
        NewFinding(1, "x", article_id=row.pk, organisation_id=0),
    ):
        with pytest.raises(NotFound):
            hand_over(room.analyst, new=new, now=now)
    with pytest.raises(NotFound):
        hand_over(room.stranger, new=NewFinding(1, "x", article_id=row.pk), now=now)
    with pytest.raises(NotPermitted):
        hand_over(room.undertaker, new=NewFinding(1, "x", article_id=row.pk), now=now)


def test_indicators_count_what_the_actor_may_see(room: Newsroom, now: datetime) -> None:
    number = handed(room, now)
    day = Period(now - DAY, now + 2 * DAY)
    assert measures.counted(measures.told)(room.analyst, day).value == 2
    assert measures.counted(measures.told)(room.stranger, day).value == 0
    assert measures.negative_share(room.analyst, day).value is None
    assert len(measures.article_rows(measures.told)(room.analyst, day, 1).rows) == 1
    assert measures.closed_in_time_share(room.analyst, day).value == 0.0
    for actor, outcome, to in (
        (room.analyst, "assign", room.bureau.id),
        (room.undertaker, "done", None),
        (room.undertaker, "send", None),
        (room.leader, "close", None),
    ):
        end(actor, number, outcome, now=now, to=to)
    closed(number, now=now)
    assert measures.closed_in_time_share(room.analyst, day) == Measure(100.0, 1.0, 1.0)
    assert measures.finding_rows(room.analyst, day, 9).links == [f"/cases/{number}"]


def test_standing_warnings_are_counted(room: Newsroom, now: datetime) -> None:
    told(room, wave(now, count=24, hours=6), now=now)
    day = Period(now, now)
    assert measures.counted(measures.standing)(room.analyst, day).value == 1
    assert measures.warning_rows(room.analyst, day, 9).links == ["/opinion/warnings"]


def test_brief_holds_the_day_and_is_a_word_document(room: Newsroom, now: datetime) -> None:
    day = city_date(now) - DAY
    told(
        room,
        [*wave(now - DAY, count=8, hours=4), found("图书馆", body=OTHER, published_at=now - 2 * DAY)],
        now=now - DAY,
    )
    row = make_brief(room.analyst, organisation_id=room.office.id, day=day, now=now)
    assert (row.figures["articles"], row.figures["reposts"], row.figures["before"], row.number) == (8, 7, 1, 1)
    assert [item["articles"] for item in row.figures["themes"]] == [8]
    assert len(row.figures["warnings"]) == EarlyWarning.objects.count() == 1
    assert row.document_id is not None
    with opened(room.analyst, row.document_id).bytes as file:
        words = "\n".join(item.text for item in Document(io.BytesIO(file.read())).paragraphs)
    assert "当日共监测到相关文章8篇（其中转载7篇），较前一日增加7篇。" in words
    assert may_read_brief(room.analyst, row.pk)
    assert not may_read_brief(room.stranger, row.pk)
    again = make_brief(room.analyst, organisation_id=room.office.id, day=day, now=now + HOUR)
    assert (again.pk, again.number) == (row.pk, 1)
    assert [item.id for item in documents_of(room.analyst, holder="opinion.brief", holder_id=row.pk)] == [
        again.document_id
    ]


def test_brief_of_today_waits(room: Newsroom, now: datetime) -> None:
    with pytest.raises(Invalid):
        make_brief(room.analyst, organisation_id=room.office.id, day=city_date(now), now=now)
    with pytest.raises(NotPermitted):
        make_brief(room.undertaker, organisation_id=room.office.id, day=city_date(now) - DAY, now=now)


def test_briefs_are_made_by_themselves_each_morning_once(room: Newsroom, now: datetime) -> None:
    early = now - 6 * HOUR  # six in the morning
    assert make_due_briefs(now=early) == 0
    assert make_due_briefs(now=now) == 1
    assert make_due_briefs(now=now + HOUR) == 0
    assert Brief.objects.get().organisation_id == room.office.id


def test_summary_tells_change_and_moods() -> None:
    figures = {"articles": 3, "before": 5, "reposts": 0, "moods": {"negative": 2}}
    assert summary(figures).endswith("较前一日减少2篇。已判定情感倾向的2篇中，正面0篇、中性0篇、负面2篇。")
    assert "持平" in summary({**figures, "before": 3, "moods": {}})
    assert BODY
