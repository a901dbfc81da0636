"""The regular re-check: everybody once, in batches, cancelled and resumed without a gap or a double."""

from collections import Counter
from datetime import date, datetime

import pytest

from onecity.domains.welfare.models import Application, Benefit, Member, Recheck, RecheckResult
from onecity.domains.welfare.rules.codes import Department
from onecity.domains.welfare.rules.readings import READINGS
from onecity.domains.welfare.services.household_rows import IDENTIFIER
from onecity.domains.welfare.services.rechecking import RecheckRunning, recheck, resume_recheck, start_recheck
from onecity.domains.welfare.tests.factories import Offices, Quiet, Tables, consent, make_application
from onecity.kernel.errors import NotFound, NotPermitted, Unavailable
from onecity.platform.identity.api import open_text
from onecity.platform.identity.tests.factories import times_audited
from onecity.platform.jobs.api import Cancelled

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)


def make_benefit(offices: Offices, *, now: datetime, signed: bool = True) -> Application:
    """Make a household that receives aid."""
    row = make_application(offices, now=now)
    if signed:
        consent(offices, row.members.get(), now=now)
    row.state = "granted"
    row.save()
    Benefit.objects.create(
        application=row, aid=row.aid, certificate=f"Z{row.id}", granted_on=date(2025, 1, 1), checked_on=date(2025, 1, 1)
    )
    return row


def number_of(row: Application) -> str:
    return open_text(bytes(Member.objects.get(application=row).identifier_sealed), context=IDENTIFIER)


def start(offices: Offices, *, now: datetime) -> Recheck:
    return start_recheck(offices.keeper, name="2026年定期复核", as_of=DAY, now=now)


class StopAfter(Quiet):
    """Somebody cancels once so many households are done."""

    def __init__(self, done: int) -> None:
        self.most = done

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        if done >= self.most:
            raise Cancelled


def test_outcomes_follow_from_what_departments_know(offices: Offices, tables: Tables, now: datetime) -> None:
    kept, rich, hidden = (make_benefit(offices, now=now) for _ in range(3))
    silent = make_benefit(offices, now=now, signed=False)
    tables.knows("household_register", number_of(kept), household_code="H", household_size=1)
    tables.knows("income_tax", number_of(rich), month="2025-12", kind="wage", income_yuan="90000")
    tables.knows("vehicles", number_of(hidden), plate="吉A12345", value_yuan="60000")
    made = recheck(offices.keeper, recheck_id=start(offices, now=now).id, asker=tables, progress=Quiet(), now=now)
    results = {item.application_id: item for item in RecheckResult.objects.all()}
    assert {key: item.outcome for key, item in results.items()} == {
        kept.id: "kept",
        rich.id: "lapsed",
        hidden.id: "doubtful",
        silent.id: "unasked",
    }
    assert results[rich.id].failed_steps == ["income"]
    assert "vehicle_hidden" in results[hidden.id].codes
    made.refresh_from_db()
    assert (made.state, made.checked, made.kept, made.lapsed, made.doubtful, made.unasked) == ("done", 4, 1, 1, 1, 1)
    assert made.queries == len(tables.asked) == 3 * len(READINGS)
    assert Benefit.objects.get(application=silent).checked_on == date(2025, 1, 1)
    assert Benefit.objects.get(application=kept).checked_on == DAY


def test_departments_are_asked_for_whole_batches(offices: Offices, tables: Tables, now: datetime) -> None:
    for _ in range(5):
        make_benefit(offices, now=now)
    calls: Counter[str] = Counter()
    answer = Tables.__call__

    class Counting(Tables):
        def __call__(self, actor, *, grant_code, questions, reason, now):  # type: ignore[no-untyped-def]  # counts, then answers as its base
            calls[grant_code] += 1
            return answer(self, actor, grant_code=grant_code, questions=questions, reason=reason, now=now)

    recheck(offices.keeper, recheck_id=start(offices, now=now).id, asker=Counting(), progress=Quiet(), now=now, batch=3)
    assert set(calls.values()) == {2}


def test_cancelled_recheck_goes_on_where_it_stopped(offices: Offices, tables: Tables, now: datetime) -> None:
    rows = [make_benefit(offices, now=now) for _ in range(7)]
    made = start(offices, now=now)
    with pytest.raises(Cancelled):
        recheck(offices.keeper, recheck_id=made.id, asker=tables, progress=StopAfter(4), now=now, batch=2)
    made.refresh_from_db()
    assert (made.state, made.checked) == ("paused", 4)
    resume_recheck(offices.keeper, recheck_id=made.id, now=now)
    recheck(offices.keeper, recheck_id=made.id, asker=tables, progress=Quiet(), now=now, batch=2)
    assert list(RecheckResult.objects.order_by("id").values_list("application_id", flat=True)) == [r.id for r in rows]
    assert Counter(item[1] for item in tables.asked) == {number_of(row): len(READINGS) for row in rows}


def test_silent_department_loses_nothing_of_the_batch(offices: Offices, tables: Tables, now: datetime) -> None:
    make_benefit(offices, now=now)
    made = start(offices, now=now)
    tables.away = {"medical_expenses"}
    with pytest.raises(Unavailable):
        recheck(offices.keeper, recheck_id=made.id, asker=tables, progress=Quiet(), now=now)
    assert not RecheckResult.objects.exists()
    tables.away = set()
    assert recheck(offices.keeper, recheck_id=made.id, asker=tables, progress=Quiet(), now=now).checked == 1


def test_consent_bounds_the_recheck_too(offices: Offices, tables: Tables, now: datetime) -> None:
    row = make_benefit(offices, now=now, signed=False)
    consent(offices, row.members.get(), now=now, departments=(Department.TAX, Department.TRANSPORT))
    recheck(offices.keeper, recheck_id=start(offices, now=now).id, asker=tables, progress=Quiet(), now=now)
    assert {item[0] for item in tables.asked} == {"income_tax", "operating_vehicles"}


def test_one_recheck_at_a_time_and_only_by_who_may(offices: Offices, tables: Tables, now: datetime) -> None:
    with pytest.raises(NotPermitted):
        start_recheck(offices.checker, name="", as_of=DAY, now=now)
    made = start(offices, now=now)
    with pytest.raises(RecheckRunning):
        start(offices, now=now)
    with pytest.raises(NotPermitted):
        resume_recheck(offices.checker, recheck_id=made.id, now=now)
    with pytest.raises(NotFound):
        resume_recheck(offices.keeper, recheck_id=made.id, now=now)
    with pytest.raises(NotFound):
        recheck(offices.keeper, recheck_id=0, asker=tables, progress=Quiet(), now=now)


def test_three_hundred_households_in_batches(offices: Offices, tables: Tables, now: datetime) -> None:
    first = make_benefit(offices, now=now)
    copy_households(first, count=299)
    made = start(offices, now=now)
    assert made.total == 300
    recheck(offices.keeper, recheck_id=made.id, asker=tables, progress=Quiet(), now=now, batch=64)
    made.refresh_from_db()
    assert (made.checked, made.kept, RecheckResult.objects.count()) == (300, 300, 300)
    assert times_audited("welfare.recheck_batch", target=f"welfare.recheck:{made.id}") == 5


def copy_households(first: Application, *, count: int) -> None:
    """Make households like the first, many at once."""
    person = first.members.get()
    paper = person.authorisations.get()
    for place in range(count):
        row = Application.objects.get(id=first.id)
        row.pk, row.number = None, f"C{place}"
        row.save()
        Benefit.objects.create(
            application=row, aid=row.aid, certificate=f"C{place}", granted_on=DAY, checked_on=date(2025, 1, 1)
        )
        twin = Member.objects.get(id=person.id)
        twin.pk, twin.application = None, row
        twin.save()
        consented = type(paper).objects.get(id=paper.id)
        consented.pk, consented.member, consented.code = None, twin, f"C{place}"
        consented.save()
