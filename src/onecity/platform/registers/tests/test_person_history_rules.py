"""What was true when, and what was known of it when."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.registers.rules.person_history import Amendment, State, amended, believed, state_at

START = datetime(2026, 1, 1, tzinfo=UTC)
FIRST = date(2020, 1, 1)


class Life:
    """States as the tables would hold them, the current one without an id."""

    def __init__(self, **facts: str) -> None:
        self.stored: list[State] = []
        self.current = State(facts, FIRST, START)
        self.clock = START

    def change(self, *, since: date | None, **patch: str) -> Amendment | None:
        self.clock += timedelta(days=1)
        outcome = amended(believed(self.states()), patch=patch, since=since, now=self.clock)
        if outcome is None:
            return None
        for place, state in enumerate(self.stored):
            if state.id in outcome.withdrawn:
                self.stored[place] = State(
                    state.facts,
                    state.valid_from,
                    state.known_from,
                    state.valid_to,
                    state.closed_at,
                    self.clock,
                    state.id,
                )
        for state in outcome.added:
            self.stored.append(replace(state, id=len(self.stored) + 1))
        self.current = outcome.current
        return outcome

    def states(self) -> list[State]:
        return [*self.stored, self.current]

    def at(self, day: date, known_at: datetime | None = None, name: str = "name") -> str | None:
        found = state_at(self.states(), valid_at=day, known_at=known_at or self.clock)
        return found.facts[name] if found else None


def test_nothing_is_known_before_it_was_recorded() -> None:
    assert Life(name="张三").at(date(2022, 1, 1), START - timedelta(seconds=1)) is None


def test_nothing_is_true_before_the_first_state() -> None:
    assert Life(name="张三").at(FIRST - timedelta(days=1)) is None


def test_change_keeps_what_was_before_it() -> None:
    life = Life(name="张三")
    life.change(since=date(2022, 5, 1), name="张山")
    assert life.at(date(2022, 4, 30)) == "张三"
    assert life.at(date(2022, 5, 1)) == "张山"


def test_change_was_not_known_before_it_was_recorded() -> None:
    life = Life(name="张三")
    life.change(since=date(2022, 5, 1), name="张山")
    assert life.at(date(2023, 1, 1), START) == "张三"


def test_correction_holds_for_all_the_time_that_the_wrong_value_stood() -> None:
    life = Life(name="张三")
    life.change(since=None, name="张山")
    assert life.at(FIRST) == "张山"
    assert life.at(FIRST, START) == "张三"


def test_correction_reaches_former_states_with_the_same_wrong_value() -> None:
    life = Life(name="张三", phone="1")
    life.change(since=date(2022, 1, 1), phone="2")
    life.change(since=None, name="张山")
    assert life.at(date(2021, 1, 1)) == "张山"
    assert life.at(date(2021, 1, 1), name="phone") == "1"


def test_correction_leaves_an_earlier_other_value_alone() -> None:
    life = Life(name="张小三")
    life.change(since=date(2022, 1, 1), name="张三")
    life.change(since=None, name="张山")
    assert life.at(date(2021, 1, 1)) == "张小三"
    assert life.at(date(2022, 1, 1)) == "张山"


def test_change_in_the_past_reaches_to_the_next_change_of_the_same_field() -> None:
    life = Life(name="甲")
    life.change(since=date(2024, 1, 1), name="丙")
    life.change(since=date(2022, 1, 1), name="乙")
    assert [life.at(date(year, 6, 1)) for year in (2021, 2023, 2025)] == ["甲", "乙", "丙"]


def test_change_in_the_past_passes_a_change_of_another_field() -> None:
    life = Life(name="甲", phone="1")
    life.change(since=date(2024, 1, 1), phone="2")
    life.change(since=date(2022, 1, 1), name="乙")
    assert [life.at(date(year, 6, 1)) for year in (2021, 2023, 2025)] == ["甲", "乙", "乙"]
    assert [life.at(date(year, 6, 1), name="phone") for year in (2023, 2025)] == ["1", "2"]


def test_change_before_the_first_state_counts_from_its_beginning() -> None:
    life = Life(name="甲")
    life.change(since=date(2010, 1, 1), name="乙")
    assert life.at(FIRST) == "乙"
    assert life.at(date(2010, 1, 1)) is None


def test_same_value_changes_nothing() -> None:
    assert Life(name="甲").change(since=date(2022, 1, 1), name="甲") is None


Steps = list[tuple[date | None, dict[str, str]]]
PATCHES = st.dictionaries(st.sampled_from(["name", "phone"]), st.sampled_from("甲乙丙"), min_size=1)
DAYS = st.dates(date(2019, 1, 1), date(2026, 1, 1))
STEPS = st.lists(st.tuples(st.none() | DAYS, PATCHES), max_size=6)


@given(STEPS, DAYS)
def test_what_was_known_once_is_told_the_same_for_ever(steps: Steps, day: date) -> None:
    life = Life(name="甲", phone="甲")
    told = [(life.clock, life.at(day), life.at(day, name="phone"))]
    for since, patch in steps:
        life.change(since=since, **patch)
        told.append((life.clock, life.at(day), life.at(day, name="phone")))
    assert [(at, life.at(day, at), life.at(day, at, name="phone")) for at, *_ in told] == told


@given(STEPS)
def test_believed_states_never_overlap_and_leave_no_gap(steps: Steps) -> None:
    life = Life(name="甲", phone="甲")
    for since, patch in steps:
        life.change(since=since, **patch)
    line = believed(life.states())
    assert line[0].valid_from == FIRST
    assert [item.valid_to for item in line[:-1]] == [item.valid_from for item in line[1:]]
    assert all(item.valid_from < item.valid_to for item in line[:-1] if item.valid_to)
    assert line[-1].valid_to is None


@given(STEPS, DAYS, st.sampled_from("甲乙丙"))
def test_a_change_is_true_from_its_day_on(steps: Steps, day: date, value: str) -> None:
    life = Life(name="甲", phone="甲")
    for since, patch in steps:
        life.change(since=since, **patch)
    life.change(since=day, name=value)
    assert life.at(max(day, FIRST)) == value
