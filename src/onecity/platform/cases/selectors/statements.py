"""SQL of lists and search, for pages and hot roads alike.

Every scope key has its own range in the visibility index, newest first within each status, so a list reads no more rows
than it shows, however many there are. Whoever sees everything reads the same ranges of the case table's own index.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from onecity.kernel.actor import EVERYTHING, ScopeKey
from onecity.platform.cases.contracts import CaseFilter
from onecity.platform.cases.rules.states import STATUSES
from onecity.platform.cases.rules.terms import folded, pairs, scope_term, token, week_terms
from onecity.web.paging import Cursor

COLUMNS: Final = (
    "c.id, c.number, c.case_type_id, c.title, c.scheme_code, c.class_code, c.source_code, c.urgency, c.status,"
    " c.stage_code, c.light, c.organisation_id, c.handler_id, c.division_code, c.address,"
    " ST_X(c.location) AS longitude, ST_Y(c.location) AS latitude, c.opened_at, c.due_at, c.closed_at, c.version_id"
)
# The layer of the one map: what is open, with the columns by which geo narrows it to what the visitor may see.
OPEN_CASES_SQL: Final = """
    SELECT id, location AS geom, number, title, light, opened_at, organisation_id, division_code
    FROM cases_case WHERE status = 'open' AND location IS NOT NULL
"""
_TEXT: Final = "lower(c.title || ' ' || c.description || ' ' || c.address)"
_NAMED: Final = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with named places `%(name)s`, and their values."""

    sql: str
    values: Mapping[str, Any]

    def numbered(self) -> tuple[str, list[Any]]:
        """Return the statement with places `$1`, `$2` … and their values in order, as asyncpg takes it."""
        names = list(dict.fromkeys(_NAMED.findall(self.sql)))
        sql = _NAMED.sub(lambda found: f"${names.index(found[1]) + 1}", self.sql)
        return sql.replace("%%", "%"), [self.values[name] for name in names]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list shows: under which keys, which statuses, which types, narrowed how, after which row, how many.

    type_ids: None for all types. words: folded words that the text must hold.
    """

    keys: tuple[ScopeKey, ...]
    filters: CaseFilter
    type_ids: tuple[int, ...] | None = None
    words: tuple[str, ...] = ()
    after: Cursor | None = None
    size: int = 20

    @property
    def everything(self) -> bool:
        """Whether no scope narrows the list."""
        return EVERYTHING in self.keys

    @property
    def statuses(self) -> list[str]:
        """Return the statuses that are wanted; a stage is one of open cases only."""
        if self.filters.status:
            return [self.filters.status]
        return ["open"] if self.filters.stage_code else list(STATUSES)

    @property
    def plain(self) -> bool:
        """Whether the ranges of the index are the answer, with nothing to test row by row."""
        return not self.words and not conditions(self).sql

    def terms(self) -> list[int]:
        """Return the terms that every wanted case has in the search index, scopes left out."""
        found = {term for word in self.words for term in pairs(word)}
        plain = (
            ("class", self.filters.class_code),
            ("source", self.filters.source_code),
            ("by", self.filters.opened_by),
        )
        found.update(token(kind, value) for kind, value in (*plain, ("type", self.filters.type_code)) if value)
        if self.filters.handler_id is not None:
            found.add(scope_term(ScopeKey(f"o:{self.filters.handler_id}")))
        found.update(scope_term(ScopeKey(key)) for key in division_key_of(self.filters.division_code))
        return sorted(found)


@dataclass(slots=True)
class Conditions:
    """Conditions on a case row, and their values."""

    parts: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def add(self, sql: str, **values: Any) -> None:
        """Add a condition."""
        self.parts.append(sql)
        self.values.update(values)

    @property
    def sql(self) -> str:
        """Return them all, joined; empty when there is none."""
        return " AND ".join(self.parts)


def words_of(search: str) -> tuple[str, ...]:
    """Return the folded words of what somebody searches for."""
    return tuple(folded(search).split())


def division_key_of(code: str) -> list[str]:
    """Return the scope key that a division filter names, if it is as long as one."""
    return [f"d:{code}"] if len(code) in {6, 9, 12} else []


def conditions(wanted: Wanted) -> Conditions:
    """Return the tests that a row must pass beside lying in a wanted range."""
    found, filters = Conditions(), wanted.filters
    if wanted.type_ids is not None:
        found.add("c.case_type_id = ANY(%(type_ids)s::bigint[])", type_ids=list(wanted.type_ids))
    for name in ("stage_code", "light", "class_code", "source_code", "opened_by"):
        if getattr(filters, name):
            found.add(f"c.{name} = %({name})s::text", **{name: getattr(filters, name)})
    if filters.handler_id is not None:
        found.add("c.handler_id = %(handler_id)s::bigint", handler_id=filters.handler_id)
    if filters.division_code:
        found.add("c.division_code LIKE %(division)s::text", division=f"{filters.division_code}%")
    if filters.opened_from:
        found.add("c.opened_at >= %(opened_from)s::timestamptz", opened_from=filters.opened_from)
    for number, word in enumerate(wanted.words):
        found.add(f"strpos({_TEXT}, %(word{number})s::text) > 0", **{f"word{number}": word})
    return found


def _after(wanted: Wanted, at: str, identity: str) -> tuple[str, dict[str, Any]]:
    """Return the condition that a row comes after the cursor, and before the end of the wanted period."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    if wanted.after:
        parts.append(f"({at}, {identity}) < (%(after_at)s::timestamptz, %(after_id)s::bigint)")
        values.update(after_at=wanted.after.at, after_id=wanted.after.id)
    if wanted.filters.opened_before:
        parts.append(f"{at} < %(opened_before)s::timestamptz")
        values["opened_before"] = wanted.filters.opened_before
    return "".join(f" AND {part}" for part in parts), values


def _newest(wanted: Wanted, *, window: int) -> Statement:
    """Return the newest `window` wanted keys: (case_id, opened_at), newest first."""
    if wanted.everything:
        after, values = _after(wanted, "r.opened_at", "r.id")
        inner = (
            "SELECT r.id AS case_id, r.opened_at FROM cases_case r WHERE r.status = s.status"
            f"{after} ORDER BY r.opened_at DESC, r.id DESC LIMIT %(window)s::int"
        )
        source, distinct = "unnest(%(statuses)s::text[]) AS s(status)", ""
    else:
        after, values = _after(wanted, "v.opened_at", "v.case_id")
        inner = (
            "SELECT v.case_id, v.opened_at FROM cases_visibility v WHERE v.scope_key = k.key AND v.status = s.status"
            f"{after} ORDER BY v.opened_at DESC, v.case_id DESC LIMIT %(window)s::int"
        )
        source = "unnest(%(keys)s::text[]) AS k(key), unnest(%(statuses)s::text[]) AS s(status)"
        distinct = "DISTINCT" if len(wanted.keys) > 1 else ""
        values["keys"] = list(wanted.keys)
    sql = (
        f"SELECT {distinct} near.case_id, near.opened_at FROM {source}, LATERAL ({inner}) near"
        " ORDER BY near.opened_at DESC, near.case_id DESC LIMIT %(window)s::int"
    )
    return Statement(sql, {**values, "statuses": wanted.statuses, "window": window})


def walk(wanted: Wanted, *, window: int) -> Statement:
    """Return the statement that tests the newest `window` rows and gives at most one more than a page."""
    newest, tests = _newest(wanted, window=window), conditions(wanted)
    where = f"WHERE {tests.sql}" if tests.sql else ""
    sql = (
        f"WITH newest AS MATERIALIZED ({newest.sql})"
        f" SELECT {COLUMNS} FROM newest n JOIN cases_case c ON c.id = n.case_id {where}"
        " ORDER BY n.opened_at DESC, n.case_id DESC LIMIT %(rows)s::int"
    )
    return Statement(sql, {**newest.values, **tests.values, "rows": wanted.size + 1})


def last_walked(wanted: Wanted, *, window: int) -> Statement:
    """Return the statement that gives the window's last key and its newest instant; no row if it was not full."""
    newest = _newest(wanted, window=window)
    sql = (
        f"SELECT opened_at, case_id, max(opened_at) OVER () FROM ({newest.sql}) w"
        " ORDER BY opened_at DESC, case_id DESC OFFSET %(window)s::int - 1"
    )
    return Statement(sql, newest.values)


def by_terms(wanted: Wanted, *, period: tuple[datetime, datetime] | None = None) -> Statement:
    """Return the statement that intersects scope, facts and words in the search index, and then tests each row.

    period: the first and the last instant of opening that are looked at; None for all.
    """
    tests = conditions(wanted)
    after, values = _after(wanted, "t.opened_at", "t.case_id")
    if period:
        after += " AND t.terms && %(weeks)s::bigint[] AND t.opened_at >= %(since)s::timestamptz"
        values.update(weeks=week_terms(period[0], last=period[1]), since=period[0])
    tests.add("c.status = ANY(%(statuses)s::text[])", statuses=wanted.statuses)
    terms, scope = wanted.terms(), ""
    if not wanted.everything:
        scopes = [scope_term(key) for key in wanted.keys]
        if len(scopes) == 1:
            terms = [*terms, *scopes]
        else:
            scope, values["scopes"] = "AND t.terms && %(scopes)s::bigint[]", scopes
    sql = (
        f"SELECT {COLUMNS} FROM cases_searchterms t JOIN cases_case c ON c.id = t.case_id"
        f" WHERE t.terms @> %(terms)s::bigint[] {scope} {after} AND {tests.sql}"
        " ORDER BY t.opened_at DESC, t.case_id DESC LIMIT %(rows)s::int"
    )
    return Statement(sql, {**values, **tests.values, "terms": terms, "rows": wanted.size + 1})


def by_number(wanted: Wanted, *, number: str) -> Statement:
    """Return the statement that finds cases by the beginning of their number."""
    return _found(wanted, "c.number LIKE %(number)s::text", number=f"{number}%")


def by_phone(wanted: Wanted, *, hashes: Sequence[str]) -> Statement:
    """Return the statement that finds cases by their reporter's phone number, given its keyed hashes."""
    return _found(
        wanted,
        "c.reporter_phone_hashed = ANY(%(hashes)s::text[]) AND c.reporter_phone_hashed <> ''",
        hashes=list(hashes),
    )


def _found(wanted: Wanted, condition: str, **values: Any) -> Statement:
    found = Conditions([condition], values)
    if not wanted.everything:
        found.add("c.scope_keys && %(keys)s::varchar[]", keys=list(wanted.keys))
    if wanted.type_ids is not None:
        found.add("c.case_type_id = ANY(%(type_ids)s::bigint[])", type_ids=list(wanted.type_ids))
    after, more = _after(wanted, "c.opened_at", "c.id")
    sql = (
        f"SELECT {COLUMNS} FROM cases_case c WHERE {found.sql}{after}"
        " ORDER BY c.opened_at DESC, c.id DESC LIMIT %(rows)s::int"
    )
    return Statement(sql, {**found.values, **more, "rows": wanted.size + 1})


COUNT: Final = """
    SELECT key, sum(number)::bigint FROM (
        SELECT scope_key AS key, number FROM cases_counter
        WHERE scope_key = ANY(%(keys)s::text[]) AND status = ANY(%(statuses)s::text[])
          AND (%(type_ids)s::bigint[] IS NULL OR case_type_id = ANY(%(type_ids)s::bigint[]))
        UNION ALL
        SELECT key, change FROM cases_counterdelta d, unnest(d.scope_keys) AS key
        WHERE key = ANY(%(keys)s::text[]) AND d.status = ANY(%(statuses)s::text[])
          AND (%(type_ids)s::bigint[] IS NULL OR d.case_type_id = ANY(%(type_ids)s::bigint[]))
    ) parts GROUP BY key
"""
COUNT_DISTINCT: Final = """
    SELECT count(DISTINCT v.case_id) FROM cases_visibility v
    WHERE v.scope_key = ANY(%(keys)s::text[]) AND v.status = ANY(%(statuses)s::text[])
"""
COUNT_DISTINCT_TYPED: Final = """
    SELECT count(DISTINCT v.case_id) FROM cases_visibility v JOIN cases_case c ON c.id = v.case_id
    WHERE v.scope_key = ANY(%(keys)s::text[]) AND v.status = ANY(%(statuses)s::text[])
      AND c.case_type_id = ANY(%(type_ids)s::bigint[])
"""


def count(wanted: Wanted) -> Statement:
    """Return the statement that sums the counters of each key."""
    return Statement(COUNT, {"keys": list(wanted.keys), "statuses": wanted.statuses, "type_ids": _ids(wanted)})


def count_distinct(wanted: Wanted) -> Statement:
    """Return the statement that counts cases seen under several keys once; for few cases only."""
    sql = COUNT_DISTINCT if wanted.type_ids is None else COUNT_DISTINCT_TYPED
    return Statement(sql, {"keys": list(wanted.keys), "statuses": wanted.statuses, "type_ids": _ids(wanted)})


def _ids(wanted: Wanted) -> list[int] | None:
    return None if wanted.type_ids is None else list(wanted.type_ids)
