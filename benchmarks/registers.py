"""Registers: finding people among 5.15 million, over the hot roads, beside the same statements alone.

Value: a request through the hot application (sign-on by token, row scope, search, line of use, JSON). Limit: the bare
statements of the same answer, the search and the line of use, on one asyncpg connection. Each question is asked both
ways, in turn; p95 of all.
"""

import asyncio
import json
import os
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from urllib.parse import quote

import asyncpg
from django.conf import settings
from django.db import connection

from benchmarks.registers_matching import matching
from benchmarks.report import Result, progress
from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.identity.api import NewOrganisation, create_organisation
from onecity.platform.identity.hot import HotSignOn
from onecity.platform.identity.services.clients import NewClient, create_client, issue_token
from onecity.platform.registers.api import add_source
from onecity.platform.registers.hot.persons import NOTE, ROADS
from onecity.platform.registers.permissions import USE_INTERFACE, VIEW_PERSONS
from onecity.platform.registers.seed.filling import fill
from onecity.platform.registers.selectors.persons.searching import MOST_FOUND, PersonQuery, statement_of
from onecity.platform.registers.services.persons.columns import CITIZEN_ID, opened
from onecity.web.hot import HOT_CONNECTION, HotApplication

PEOPLE: Final = 5_150_000
QUICK_PEOPLE: Final = 200_000
QUESTIONS: Final = 600
QUICK_QUESTIONS: Final = 100
RECORDS: Final = 1_000_000
QUICK_RECORDS: Final = 20_000
WARM: Final = 20
SOURCE: Final = "bench.population"
REASON: Final = "测量查询速度"
LIMIT: Final = "same statements alone, asyncpg, p95"


@dataclass(frozen=True)
class Question:
    """One question. path: of the hot road; body: what is sent; statement, values: the same in SQL, made beforehand."""

    path: str
    body: dict[str, str]
    statement: str
    values: Sequence[object]


def _question(path: str, **body: str) -> Question:
    return Question(path, body, *statement_of(PersonQuery(**body)))


def run(quick: bool) -> list[Result]:  # noqa: FBT001  # the contract of every bench
    """Fill the register, ask, compare."""
    people, questions = (QUICK_PEOPLE, QUICK_QUESTIONS) if quick else (PEOPLE, QUESTIONS)
    records = QUICK_RECORDS if quick else RECORDS
    token = _prepare(people)
    asked = _questions(people, questions)
    results = []
    for name, these in asked.items():
        progress(f"{name}: {len(these)} questions among {people:,} people")
        value, limit = asyncio.run(_compare(these, token))
        results.append(Result(name, value, "ms, p95", limit, LIMIT, "lower"))
    progress(f"matching: {records:,} records to {people:,} people")
    results.append(matching(people=people, records=records, source=SOURCE))
    return results


def _prepare(people: int) -> str:
    """Fill the register and return a program's token."""

    actor, now = system_actor("bench"), clock.city_now()
    new = NewOrganisation("bench", "测量单位", "测量单位", "department", None, "")
    body = create_organisation(actor, new=new)
    source = add_source(actor, code=SOURCE, name="测量人口", organisation_id=body.id, now=now)
    folder = os.environ.get("ONECITY_DATA", "")

    def say(done: int, total: int, seconds: float) -> None:
        if done % 500_000 == 0 or done == total:
            progress(f"{done:,} / {total:,} people, {done / seconds:,.0f} a second")

    began = perf_counter()
    fill(actor, people=people, source=source, data=Path(folder) if folder else None, now=now, say=say)
    progress(f"{people:,} people sealed, loaded and indexed in {perf_counter() - began:.0f} s")
    program = create_client(
        actor, new=NewClient("bench", body.id, "bench", (USE_INTERFACE, VIEW_PERSONS), everywhere=True), now=now
    )
    return issue_token(actor, client_id=program.id, life=timedelta(days=1), now=clock.real_now())


def _questions(people: int, count: int) -> dict[str, Sequence[Question]]:
    """Return what is asked, of people drawn evenly: every kind for itself, and all kinds mixed."""

    step = max(people // count, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.name, p.birth_date::text, p.citizen_id_sealed, a.text FROM registers_person p"
            " JOIN registers_personaddress a ON a.id = p.registered_address_id WHERE p.id %% %s = 1 LIMIT %s",
            [step, count],
        )
        rows = cursor.fetchall()
    numbers = [_question("look-up", identifier=opened(row[2], CITIZEN_ID)) for row in rows]
    names = [_question("search", name=row[0], born=row[1]) for row in rows]
    addresses = [_question("search", address=row[3]) for row in rows]
    houses = [_question("search", address=row[3].partition("号")[0] + "号") for row in rows]
    mixed = [one for four in zip(numbers, names, addresses, houses, strict=True) for one in four][:count]
    return {
        "register_lookup": numbers,
        "register_search": mixed,
        "register_search_name": names,
        "register_search_address": addresses,
    }


async def _compare(questions: Sequence[Question], token: str) -> tuple[float, float]:

    url = settings.ENV.database_url

    async def open_pool() -> asyncpg.Pool:
        return await asyncpg.create_pool(url, min_size=1, max_size=1, server_settings=HOT_CONNECTION)

    application = HotApplication(ROADS, sign_on=HotSignOn(), open_pool=open_pool)
    alone = await asyncpg.connect(url, server_settings=HOT_CONNECTION)
    values, limits = list[float](), list[float]()
    try:
        for place, question in enumerate([*questions[:WARM], *questions]):
            ways = [
                (values, partial(_over_the_road, application, question, token)),
                (limits, partial(_alone, alone, question)),
            ]
            for durations, ask in ways if place % 2 else reversed(ways):
                began = perf_counter()
                await ask()
                durations.append(perf_counter() - began)
    finally:
        await application.close()
        await alone.close()
    return _p95_ms(values[WARM:]), _p95_ms(limits[WARM:])


async def _over_the_road(application: Any, question: Question, token: str) -> None:
    sent: list[MutableMapping[str, Any]] = []
    waiting = [{"type": "http.request", "body": json.dumps(question.body).encode(), "more_body": False}]

    async def receive() -> MutableMapping[str, Any]:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    headers = [(b"authorization", f"Bearer {token}".encode()), (b"onecity-reason", quote(REASON).encode())]
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/api/registers/v1/persons/{question.path}",
        "query_string": b"",
        "headers": headers,
    }
    await application(scope, receive, send)
    answer = json.loads(sent[1]["body"])
    if sent[0]["status"] != 200 or not (answer.get("person") or answer.get("items")):
        raise RuntimeError(f"{question.path} found nobody: {sent[0]['status']} {answer}")


async def _alone(link: asyncpg.Connection, question: Question) -> None:
    everything = True
    rows = await link.fetch(question.statement, everything, [], [], *question.values)
    ids = [row["id"] for row in rows[:MOST_FOUND]]
    await link.execute(NOTE, ids, clock.real_now(), "bench", "bench", None, REASON, "")


def _p95_ms(durations: Sequence[float]) -> float:
    return sorted(durations)[int(len(durations) * 0.95)] * 1000
