"""Cases: opening and stepping beside plain rows; lists, search and counts in a large city beside a small one."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from itertools import count
from time import perf_counter
from typing import Final

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from benchmarks.case_city import BUILDER, NEWEST, TYPES, City, found_city, link_to, settle, use
from benchmarks.database import VARIABLE, name_of, own_database
from benchmarks.evaluated_city import measure_month
from benchmarks.plain_rows import PlainWriter, rows_of
from benchmarks.report import Result, progress
from benchmarks.turns import latency_ms, medians, per_second, value_and_limit
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


def run(quick: bool) -> list[Result]:  # noqa: FBT001  # the contract of every bench
    """Measure; `quick` takes 100 thousand cases for the large city."""
    city = found_city()
    return [*_writing(city, times=100 if quick else 300), *_reading(city, large=QUICK if quick else LARGE)]


def new_case(city: City, serial: int) -> NewCase:
    """Return a case to be opened; its owner goes round with `serial`."""
    return NewCase(
        TYPES[0],
        "井盖破损",
        city.owners[1 + serial % 200][0],
        description="市民来电反映，影响通行，请尽快到现场核实处理",
        division_code="220198001001001",
        location=(125.3, 43.9),
        address="人民大街 100 号",
    )


def _writing(city: City, *, times: int) -> list[Result]:
    """Measure what one writer does in a second, on the city without other cases."""
    serials = count()

    def opened() -> int:
        for _ in range(times):
            open_case(BUILDER, new=new_case(city, next(serials)), now=NEWEST + timedelta(seconds=next(serials)))
        return times

    progress("opening and stepping cases, in turn with plain rows")
    sample = open_case(BUILDER, new=new_case(city, next(serials)), now=NEWEST)
    plain = PlainWriter(os.environ[VARIABLE], rows_of(sample.id))
    try:
        copies = [plain.open() for _ in range(5)]
        create, bare_create = value_and_limit(
            partial(per_second, opened), partial(per_second, lambda: len([plain.open() for _ in range(times)]))
        )
        waiting = [open_case(BUILDER, new=new_case(city, n), now=NEWEST).id for n in range(5)]
        steps, bare_steps = count(), count()

        def stepped() -> int:
            for _ in range(times):
                turn = next(steps)
                _step(waiting[turn % 5], outcome=ROUND[min(turn // 5, 1)])
            return times

        def plainly_stepped() -> int:
            for _ in range(times):
                turn = next(bare_steps)
                plain.step(copies[turn % 5], turn=turn)
            return times

        advance, bare_advance = value_and_limit(partial(per_second, stepped), partial(per_second, plainly_stepped))
    finally:
        plain.close()
    bare = "plain INSERT and UPDATE of the same rows, a transaction each"
    return [
        Result("case_create", create, "cases/s", bare_create, bare, "higher"),
        Result("case_advance", advance, "steps/s", bare_advance, bare, "higher"),
    ]


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
        return [*found, measure_month(city)]


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
