"""The process from acceptance to certificate, with every way back."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from onecity.domains.welfare.models import Application, Benefit, Publication
from onecity.domains.welfare.process import ASSISTANCE_CASE, DIAGRAM_WORDS, QUESTION_CASE
from onecity.domains.welfare.rules.codes import Aid
from onecity.domains.welfare.services.submitting import submit
from onecity.domains.welfare.tests.factories import (
    Offices,
    Tables,
    case_of,
    consent,
    end_task,
    make_application,
    make_submitted,
    waiting,
)
from onecity.domains.welfare.tests.test_verifying import run, to_verify
from onecity.kernel.errors import Invalid, NotPermitted

pytestmark = pytest.mark.django_db


def to_opinion(offices: Offices, tables: Tables, *, now: datetime) -> Application:
    row = to_verify(offices, now=now)
    assert isinstance(row, Application)
    run(offices, row, tables, now=now)
    return row


def test_diagrams_words_are_named_for_the_catalogues() -> None:
    said = set()
    for file in (ASSISTANCE_CASE.process, QUESTION_CASE.process):
        for item in etree.fromstring(Path(file).read_bytes()).iter():
            name = item.get("name")
            if name and not item.tag.endswith("process"):
                said.add(name)
    assert said == set(DIAGRAM_WORDS)


def test_application_walks_to_its_certificate(offices: Offices, tables: Tables, now: datetime) -> None:
    row = to_opinion(offices, tables, now=now)
    end_task(row, offices.clerk, "propose", now=now)
    assert waiting(row, now=now) == ["publish"]
    street = row.publications.get()
    assert (street.name, street.members, street.ends_on) == ("张*", 1, now.date() + timedelta(days=6))
    later = now + timedelta(days=7)
    end_task(row, offices.clerk, "unopposed", now=later)
    end_task(row, offices.decider, "approve", now=later)
    row.refresh_from_db()
    assert (row.state, case_of(row, now=later).row.status) == ("granted", "closed")
    assert Benefit.objects.get().granted_on == later.date()
    assert row.publications.get(stage="county").ends_on == later.date() + timedelta(days=6)


def test_publication_must_stand_its_days(offices: Offices, tables: Tables, now: datetime) -> None:
    row = to_opinion(offices, tables, now=now)
    end_task(row, offices.clerk, "propose", now=now)
    for day in (0, 6):
        end_task(row, offices.clerk, "unopposed", now=now + timedelta(days=day))
        assert waiting(row, now=now) == ["publish"]
    assert Publication.objects.get().starts_on == now.date()
    end_task(row, offices.clerk, "unopposed", now=now + timedelta(days=7))
    assert waiting(row, now=now) == ["decide"]


def test_opposed_publication_is_checked_anew_and_published_anew(
    offices: Offices, tables: Tables, now: datetime
) -> None:
    row = to_opinion(offices, tables, now=now)
    end_task(row, offices.clerk, "propose", now=now)
    later = now + timedelta(days=3)
    end_task(row, offices.clerk, "opposed", now=later)
    assert waiting(row, now=later) == ["verify"]
    run(offices, row, tables, now=later)
    end_task(row, offices.clerk, "propose", now=later)
    assert Publication.objects.get().starts_on == later.date()


@pytest.mark.parametrize(
    ("steps", "state"),
    [(("refuse",), "void"), (("supplement", "dropped"), "void")],
)
def test_dropped_application_is_void(offices: Offices, now: datetime, steps: tuple[str, ...], state: str) -> None:
    row = make_submitted(offices, now=now)
    with pytest.raises(Invalid):
        end_task(row, offices.clerk, "refuse", now=now, note="")
    for step in steps:
        end_task(row, offices.clerk, step, now=now)
    row.refresh_from_db()
    assert (case_of(row, now=now).row.status, row.state) == (state, "refused")


def test_supplemented_application_comes_back_to_acceptance(offices: Offices, now: datetime) -> None:
    row = make_submitted(offices, now=now)
    end_task(row, offices.clerk, "supplement", now=now)
    end_task(row, offices.clerk, "given", now=now)
    assert waiting(row, now=now) == ["accept"]


def test_application_without_every_adults_signature_waits_for_it(offices: Offices, now: datetime) -> None:
    row = make_application(offices, now=now)
    submit(offices.clerk, application_id=row.id, now=now)
    end_task(row, offices.clerk, "accept", now=now)
    assert waiting(row, now=now) == ["authorise"]
    end_task(row, offices.clerk, "signed", now=now)
    assert waiting(row, now=now) == ["authorise"]
    consent(offices, row.members.get(), now=now)
    end_task(row, offices.clerk, "signed", now=now)
    assert waiting(row, now=now) == ["verify"]


def test_declined_signature_ends_the_application(offices: Offices, now: datetime) -> None:
    row = make_application(offices, now=now)
    submit(offices.clerk, application_id=row.id, now=now)
    end_task(row, offices.clerk, "accept", now=now)
    end_task(row, offices.clerk, "declined", now=now)
    assert case_of(row, now=now).row.status == "void"


def test_checker_sends_back_and_refusal_of_the_county_is_kept(offices: Offices, tables: Tables, now: datetime) -> None:
    row = to_verify(offices, now=now)
    assert isinstance(row, Application)
    end_task(row, offices.checker, "back", now=now)
    assert waiting(row, now=now) == ["accept"]
    end_task(row, offices.clerk, "accept", now=now)
    run(offices, row, tables, now=now)
    end_task(row, offices.clerk, "oppose", now=now)
    end_task(row, offices.decider, "return", now=now)
    assert waiting(row, now=now) == ["opinion"]
    end_task(row, offices.clerk, "oppose", now=now)
    end_task(row, offices.decider, "refuse", now=now)
    row.refresh_from_db()
    assert (row.state, case_of(row, now=now).row.status) == ("refused", "closed")
    assert not Benefit.objects.exists()


def test_street_does_not_decide_and_county_does_not_accept(offices: Offices, tables: Tables, now: datetime) -> None:
    row = make_submitted(offices, now=now)
    with pytest.raises(NotPermitted):
        end_task(row, offices.decider, "accept", now=now)
    end_task(row, offices.clerk, "accept", now=now)
    run(offices, row, tables, now=now)
    end_task(row, offices.clerk, "oppose", now=now)
    with pytest.raises(NotPermitted):
        end_task(row, offices.clerk, "approve", now=now)


def test_limits_come_from_the_kind_of_aid(offices: Offices, now: datetime) -> None:
    plain = case_of(make_submitted(offices, now=now), now=now)
    fast = case_of(make_submitted(offices, now=now, aid=Aid.DESTITUTE), now=now)
    assert plain.clock is not None
    assert fast.clock is not None
    assert fast.clock.due_at < plain.clock.due_at
