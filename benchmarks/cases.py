"""Cases: opening and stepping beside plain rows; lists, search and counts in a large city beside a small one."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from itertools import count
from time import perf_counter
from typing import Final

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from benchmarks.case_city import BUILDER, NEWEST, TYPES, City, found_city, link_to, settle, use
from benchmarks.crew import Crew, Deeds
from benchmarks.database import VARIABLE, name_of, own_database
from benchmarks.evaluated_city import measure_month
from benchmarks.plain_rows import PlainRow, PlainWriter, rows_of
from benchmarks.report import Result, progress
from benchmarks.turns import latency_ms, medians, p95_ms, per_second, value_and_limit
from onecity.kernel.actor import Actor
from onecity.platform.cases.api import cases, complete_task, count_cases, open_case
from onecity.platform.cases.contracts import CaseFilter, NewCase, TaskAnswer
from onecity.platform.cases.models import Task

SMALL: Final = 10_000
LARGE: Final = 1_000_000
QUICK: Final = 100_000
WORDS: Final = ("井盖", "燃气", "猕猴", "恐龙", "人民大街 井盖")  # frequent, seldom, nearly never, never, two words
# Each step's outcome; the second goes round, so that a case can be stepped as often as one likes.
ROUND: Final = ("accept", "again")
WRITERS: Final = 4
"""Two a core, as a city's servers run: one waits for the disk while another works."""


def run(quick: bool) -> list[Result]:  # noqa: FBT001  # the contract of every bench
    """Measure; `quick` takes 100 thousand cases for the large city."""
    city = found_city()
    return [*_writing(city, times=200 if quick else 1200), *_reading(city, large=QUICK if quick else LARGE)]


def new_case(city: City, serial: int, *, district: str = "220198") -> NewCase:
    """Return a case to be opened; its owner goes round with `serial`."""
    return NewCase(
        TYPES[0],
        "井盖破损",
        city.owners[1 + serial % 200][0],
        description="市民来电反映，影响通行，请尽快到现场核实处理",
        division_code=f"{district}001001001",
        location=(125.3, 43.9),
        address="人民大街 100 号",
    )


def _writing(city: City, *, times: int) -> list[Result]:
    """Measure what this machine writes in a second with several writers, on the city without other cases."""
    progress(f"opening and stepping cases by {WRITERS} writers, in turn with plain rows")
    sample = rows_of(open_case(BUILDER, new=new_case(city, 0), now=NEWEST).id)
    with Crew(WRITERS, partial(_member, city, sample)) as crew:

        def rate(deed: str) -> Callable[[], float]:
            return partial(per_second, lambda: crew.do(deed, times=times // WRITERS))

        create, bare_create = value_and_limit(rate("open"), rate("open plainly"))
        advance, bare_advance = value_and_limit(rate("step"), rate("step plainly"))
    bare = "plain INSERT and UPDATE of the same rows, a transaction each, as many writers"
    return [
        Result("case_create", create, "cases/s", bare_create, bare, "higher"),
        Result("case_advance", advance, "steps/s", bare_advance, bare, "higher"),
    ]


class _Writer:
    """One writer, in a district of its own; its plain rows bear numbers of its own."""

    def __init__(self, city: City, sample: Sequence[PlainRow], place: int) -> None:
        self._city, self._district = city, f"2201{90 + place}"
        self._plain = PlainWriter(os.environ[VARIABLE], sample, district=f"2201{80 + place}")
        self._serials, self._turns, self._plain_turns = count(), count(), count()
        self._waiting = [self._open(n) for n in range(5)]
        self._copies = [self._plain.open() for _ in range(5)]

    def deeds(self) -> Deeds:
        """Return what it can do."""
        return {
            "open": lambda times: [self._open(next(self._serials)) for _ in range(times)],
            "open plainly": lambda times: [self._plain.open() for _ in range(times)],
            "step": lambda times: [self._step(next(self._turns)) for _ in range(times)],
            "step plainly": lambda times: [self._step_plainly(next(self._plain_turns)) for _ in range(times)],
        }

    def _open(self, serial: int) -> int:
        new = new_case(self._city, serial, district=self._district)
        return open_case(BUILDER, new=new, now=NEWEST + timedelta(seconds=serial)).id

    def _step(self, turn: int) -> None:
        _step(self._waiting[turn % 5], outcome=ROUND[min(turn // 5, 1)])

    def _step_plainly(self, turn: int) -> None:
        self._plain.step(self._copies[turn % 5], turn=turn)


def _member(city: City, sample: Sequence[PlainRow], place: int) -> Deeds:
    return _Writer(city, sample, place).deeds()


def _step(case_id: int, *, outcome: str) -> None:
    task = Task.objects.only("id").get(case_id=case_id, state="open")
    complete_task(BUILDER, task_id=task.id, answer=TaskAnswer(outcome), now=NEWEST)


@contextmanager
def _two_cities(city: City, *, large: int) -> Iterator[tuple[BaseDatabaseWrapper, BaseDatabaseWrapper]]:
    """Fill a small and a large city, each a copy of the bench's database."""
    own, template = connections["default"], name_of(os.environ[VARIABLE])
    own.close()
    with ExitStack() as stack:
        urls = [stack.enter_context(own_database(f"cases{size}", template=template)) for size in (SMALL, large)]
        links = [link_to(url) for url in urls]
        for link, size in zip(links, (SMALL, large), strict=True):
            stack.callback(link.close)
            began = perf_counter()
            use(link)
            settle(city, number=size)
            progress(f"{size:,} cases settled in {perf_counter() - began:.0f} s")
        try:
            yield links[0], links[1]
        finally:
            use(own)


def _reading(city: City, *, large: int) -> list[Result]:
    """Measure each question in both cities, in turn; of its people and words the worst ratio counts."""
    questions: dict[str, dict[str, Callable[[Actor], object]]] = {
        "list": {
            "newest": cases,
            "open": lambda actor: cases(actor, filters=CaseFilter(status="open")),
        },
        "search": {word: partial(_search, word) for word in WORDS},
        "count": {
            "all": count_cases,
            "open": lambda actor: count_cases(actor, filters=CaseFilter(status="open")),
        },
    }
    with _two_cities(city, large=large) as (small, great):
        found = [
            _worst(
                [
                    _compared(name, f"{what}, {share}", partial(ask, actor), small=small, large=great)
                    for what, ask in asked.items()
                    for share, actor in city.people().items()
                ]
            )
            for name, asked in questions.items()
        ]
        use(great)
        return [_slowest(city, small=small, large=great), *found, measure_month(city)]


def _slowest(city: City, *, small: BaseDatabaseWrapper, large: BaseDatabaseWrapper) -> Result:
    """Measure the list of the person who waits longest for it: 95 of 100 times it is there sooner."""

    def measured(link: BaseDatabaseWrapper) -> float:
        use(link)
        return max(p95_ms(partial(cases, actor), times=100) for actor in city.people().values())

    found = medians({"large": partial(measured, large), "small": partial(measured, small)})
    return Result("list_p95_1m", found["large"], "ms", found["small"], "the same list among 10 thousand cases", "lower")


def _search(word: str, actor: Actor) -> object:
    return cases(actor, search=word)


def _compared(
    name: str, what: str, ask: Callable[[], object], *, small: BaseDatabaseWrapper, large: BaseDatabaseWrapper
) -> Result:
    def measured(link: BaseDatabaseWrapper) -> float:
        use(link)
        ask()
        return latency_ms(ask, times=3)

    found = medians({"large": partial(measured, large), "small": partial(measured, small)}, turns=25)
    result = Result(f"{name}_1m_over_10k", found["large"], "ms", found["small"], f"10 thousand cases ({what})", "lower")
    progress(f"{result.name}: {what}: {result.value:.2f} ms / {result.limit:.2f} ms = {result.ratio:.2f}")
    return result


def _worst(results: list[Result]) -> Result:
    return max(results, key=lambda item: item.ratio)
