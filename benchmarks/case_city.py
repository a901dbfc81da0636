"""Two cities that differ only in size: the same organisations, divisions, words and shares, few cases or many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

from benchmarks.database import name_of
from onecity.kernel.actor import Actor, ScopeKey, system_actor
from onecity.platform.cases.contracts import NewCase
from onecity.platform.cases.rules.terms import pairs, token
from onecity.platform.cases.selectors.remembered import forget_all
from onecity.platform.cases.services.opening import open_case
from onecity.platform.cases.services.types import create_type, publish, save_draft
from onecity.platform.cases.tests.diagrams import choice, end, process, start, user
from onecity.platform.identity.api import NewOrganisation, create_organisation

BUILDER: Final = system_actor("bench")
TYPES: Final = ("bench.complaint", "bench.inspection")
NEWEST: Final = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
DISTRICTS, BUREAUS = 20, 10
# The small station has as many cases in both cities, 0.01 % of a million: a full page in each, or a list of one row
# would stand beside a list of twenty and compare pages instead of cities.
STATION_CASES: Final = 100
# (text, weight of a hundred): what is frequent, what is seldom.
TITLES: Final = (
    ("井盖破损", 12), ("路灯不亮", 12), ("占道经营", 14), ("暴露垃圾", 16), ("违法停车", 14), ("道路破损", 10),
    ("油烟扰民", 8), ("施工噪声", 8), ("树木倒伏", 3), ("水管爆裂", 2), ("燃气异味", 1),
)  # fmt: skip
STREETS: Final = (
    "人民大街",
    "解放大路",
    "自由大路",
    "西安大路",
    "亚泰大街",
    "卫星路",
    "南湖大路",
    "同志街",
    "重庆路",
    "红旗街",
)
NOTES: Final = (
    "市民来电反映，影响通行，请尽快到现场核实处理", "巡查发现，周边居民较多，存在安全隐患",
    "夜间尤为严重，已持续一周，望有关部门解决", "现场已设置警示标志，等待专业队伍处置",
)  # fmt: skip
SELDOM: Final = "猕猴出没"  # stands in one case of five thousand
PROCESS: Final = process(
    start(),
    user("accept", "受理", "accept:受理"),
    user("handle", "处置", "done:处置完毕", "again:再办", assign="handler"),
    choice("handled", "handled-check"),
    user("check", "核查", "pass:通过", assign="division"),
    end(),
    flows="""
    start > accept
    accept > handle
    handle > handled
    handled > check
    handled > handle : outcome == "again"
    check > end
    """,
)
SETTINGS: Final[Mapping[str, object]] = {
    "stages": [{"code": code, "name": code} for code in ("accept", "handle", "check")],
    "limits": {"whole": {"amount": "3", "unit": "work_day"}},
    "case_limit": "whole",
}

_CASES: Final = """
    INSERT INTO cases_case (
        number, case_type_id, version_id, title, description, scheme_code, class_code, source_code, urgency, status,
        stage_code, light, organisation_id, division_code, location, address, reporter_name_sealed,
        reporter_name_masked, reporter_phone_sealed, reporter_phone_hashed, reporter_phone_masked, opened_by,
        opened_at, due_at, warn_at, next_light_at, closed_at, clock, data, outcomes, workflow, revision, scope_keys)
    SELECT district || to_char(at, 'YYYYMMDD') || lpad((i %% 100000)::text, 5, '0'), v.case_type_id, v.id,
        t.text, n.text || CASE WHEN i %% 5000 = 17 THEN '，' || %(seldom)s ELSE '' END, '', '', '', 0, status,
        'accept', 'green', o.organisation_id, district || street || community || '001',
        ST_SetSRID(ST_MakePoint(125 + draw(i, 11, 10000) / 10000.0, 43 + draw(i, 12, 10000) / 10000.0), 4326),
        s.text || ' ' || (1 + draw(i, 13, 900)) || ' 号', '', '', '', '', '', 'system:bench', at,
        at + interval '3 days', at + interval '2 days', NULL, CASE WHEN status <> 'open' THEN at END, '{}', '{}', '{}',
        CASE WHEN status = 'open' THEN %(workflow)s::jsonb ELSE '{}' END, 1,
        ARRAY['d:' || district, 'd:' || district || street, 'd:' || district || street || community] || o.keys
    FROM (
        SELECT i, %(newest)s::timestamptz - (%(number)s - i) * (interval '730 days' / %(number)s) AS at,
            (220100 + 1 + draw(i, 1, 20))::text AS district, lpad((1 + draw(i, 2, 8))::text, 3, '0') AS street,
            lpad((1 + draw(i, 3, 10))::text, 3, '0') AS community, draw(i, 4, 100) AS drawn,
            CASE WHEN draw(i, 5, 100) < 5 THEN 'open' WHEN draw(i, 5, 100) < 8 THEN 'void' ELSE 'closed' END AS status
        FROM generate_series(1, %(number)s) i
    ) c
    JOIN bench_title t ON c.drawn >= t.low AND c.drawn < t.high
    JOIN bench_street s ON s.n = draw(i, 6, %(streets)s)
    JOIN bench_note n ON n.n = draw(i, 7, %(notes)s)
    JOIN bench_version v ON v.n = draw(i, 8, 2)
    JOIN bench_owner o ON o.n = CASE WHEN i %% %(rare)s = 5 THEN 0
                                ELSE 1 + (district::int - 220101) * 10 + draw(i, 9, 10) END
    ORDER BY i
"""
_VISIBILITY: Final = """
    INSERT INTO cases_visibility (scope_key, status, opened_at, case_id)
    SELECT key, status, opened_at, id FROM cases_case, unnest(scope_keys) AS key
    WHERE id > %(first)s ORDER BY 1, 2, 3, 4
"""
_TERMS: Final = """
    INSERT INTO cases_searchterms (case_id, opened_at, terms)
    SELECT c.id, c.opened_at, t.terms || n.terms || s.terms || v.terms || %(by)s::bigint
        || ((4::bigint << 60) | floor(extract(epoch FROM c.opened_at) / 604800)::bigint)
        || CASE WHEN c.description LIKE '%%' || %(seldom)s THEN %(seldom_terms)s::bigint[] ELSE '{}' END
        || (SELECT array_agg(CASE WHEN key LIKE 'o:%%' THEN 1::bigint << 60 ELSE 2::bigint << 60 END
                             | substr(key, 3)::bigint) FROM unnest(c.scope_keys) AS key)
    FROM cases_case c JOIN bench_title t ON t.text = c.title
    JOIN bench_note n ON n.text = split_part(c.description, '，' || %(seldom)s, 1)
    JOIN bench_street s ON s.text = split_part(c.address, ' ', 1) JOIN bench_version v ON v.id = c.version_id
    WHERE c.id > %(first)s ORDER BY c.id
"""
_COUNTERS: Final = """
    INSERT INTO cases_counter (scope_key, case_type_id, status, number)
    SELECT key, case_type_id, status, count(*) FROM cases_case, unnest(scope_keys || '*'::varchar) AS key
    WHERE id > %(first)s GROUP BY 1, 2, 3
"""
_TASKS: Final = """
    INSERT INTO cases_task (case_id, token, node, name, stage_code, state, post, organisation_id, division_code,
                            opened_at, light, clock, ended_by, outcome, told_at)
    SELECT id, md5(id::text), 'accept', '受理', 'accept', 'open', 'cases.answer', organisation_id, division_code,
           opened_at, 'green', '{}', '', '', opened_at FROM cases_case
    WHERE status = 'open' AND id > %(first)s
"""
_DRAW: Final = """
    CREATE FUNCTION draw(i bigint, salt bigint, amount bigint) RETURNS int IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
    'SELECT ((hashint8extended(i, salt) & 9223372036854775807) % amount)::int'
"""


@dataclass(frozen=True, slots=True)
class City:
    """What the two cities share. owners: organisations with their scope keys, the small station first."""

    version_ids: tuple[int, ...]
    owners: tuple[tuple[int, tuple[str, ...]], ...]
    workflow: str

    def people(self) -> dict[str, Actor]:
        """Return who looks: somebody of one district of twenty, and somebody of the small station."""
        scopes = {"5 %": "d:220105", "0.01 %": f"o:{self.owners[0][0]}"}
        return {
            share: Actor("account", 1, share, None, {"cases.view": frozenset({ScopeKey(key)})})
            for share, key in scopes.items()
        }


def found_city() -> City:
    """Make types, organisations and one case to copy the process's state from, in the current database."""
    versions = tuple(_published(code) for code in TYPES)
    root = _organisation("bench", "市指挥中心", None)
    station = _organisation("station", "监测站", root)
    owners: list[tuple[int, tuple[str, ...]]] = [(station, (f"o:{root}", f"o:{station}"))]
    for district in range(DISTRICTS):
        centre = _organisation(f"c{district}", f"第{district + 1}区指挥中心", root)
        for number in range(BUREAUS):
            bureau = _organisation(f"b{district}-{number}", f"第{district + 1}区{number + 1}局", centre)
            owners.append((bureau, (f"o:{root}", f"o:{centre}", f"o:{bureau}")))
    forget_all()
    new = NewCase(TYPES[0], TITLES[0][0], root, division_code="220199001001001")
    opened = open_case(BUILDER, new=new, now=NEWEST)
    with connection.cursor() as cursor:
        cursor.execute("SELECT workflow::text FROM cases_case WHERE id = %s", [opened.id])
        workflow = str(cursor.fetchone()[0])
    return City(versions, tuple(owners), workflow)


def _published(code: str) -> int:
    create_type(BUILDER, code=code, name="测试事项")
    draft = save_draft(BUILDER, type_code=code, process=PROCESS, settings=SETTINGS, now=NEWEST)
    publish(BUILDER, version_id=draft.id, now=NEWEST)
    return draft.id


def _organisation(code: str, name: str, parent: int | None) -> int:
    new = NewOrganisation(code=f"bench-{code}", name=name, short_name=name, kind="department", parent_id=parent)
    return create_organisation(BUILDER, new=new).id


def settle(city: City, *, number: int) -> None:
    """Fill the current database with `number` cases and everything that lists, counts and search read."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off; SET work_mem = '256MB'; SET maintenance_work_mem = '512MB'")
        cursor.execute(_DRAW)
        _write_words(city)
        kept = _without_indexes("cases_case", "cases_searchterms", "cases_task")
        cursor.execute("SELECT max(id) FROM cases_case")
        given = {
            "first": cursor.fetchone()[0],
            "number": number,
            "newest": NEWEST,
            "workflow": city.workflow,
            "seldom": SELDOM,
            "seldom_terms": sorted(pairs(SELDOM)),
            "streets": len(STREETS),
            "notes": len(NOTES),
            "rare": number // STATION_CASES,
            "by": token("by", "system:bench"),
        }
        for statement in (_CASES, _VISIBILITY, _TERMS, _COUNTERS, _TASKS):
            cursor.execute(statement, given)
        for definition in kept:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET ALL")


def _write_words(city: City) -> None:
    high = 0
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_title (low int, high int, text text, terms bigint[])")
        for text, weight in TITLES:
            cursor.execute("INSERT INTO bench_title VALUES (%s, %s, %s, %s)", [high, high + weight, text, _terms(text)])
            high += weight
        for table, texts in (("bench_street", STREETS), ("bench_note", NOTES)):
            cursor.execute(f"CREATE TABLE {table} (n int, text text, terms bigint[])")
            rows = [(n, text, _terms(text)) for n, text in enumerate(texts)]
            cursor.executemany(f"INSERT INTO {table} VALUES (%s, %s, %s)", rows)
        cursor.execute(
            "CREATE TABLE bench_version AS SELECT (row_number() OVER (ORDER BY v.id))::int - 1 AS n, v.id,"
            " v.case_type_id, NULL::bigint[] AS terms FROM cases_casetypeversion v WHERE v.id = ANY(%s)",
            [list(city.version_ids)],
        )
        for version_id, code in zip(city.version_ids, TYPES, strict=True):
            cursor.execute("UPDATE bench_version SET terms = %s WHERE id = %s", [[token("type", code)], version_id])
        cursor.execute("CREATE TABLE bench_owner (n int, organisation_id bigint, keys varchar[])")
        owners = [(n, owner, list(keys)) for n, (owner, keys) in enumerate(city.owners)]
        cursor.executemany("INSERT INTO bench_owner VALUES (%s, %s, %s)", owners)


def _terms(text: str) -> list[int]:
    return sorted(pairs(text))


def _without_indexes(*tables: str) -> Sequence[str]:
    """Drop the tables' plain indexes; return what makes them anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.tablename = ANY(%s) AND NOT EXISTS"
            " (SELECT FROM pg_constraint c WHERE c.conname = i.indexname)",
            [list(tables)],
        )
        rows = cursor.fetchall()
        for name, _ in rows:
            cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _, definition in rows]


def link_to(url: str) -> BaseDatabaseWrapper:
    """Return a connection like Django's default one, to another database."""
    facts = {**connections["default"].settings_dict, "NAME": name_of(url)}
    link: BaseDatabaseWrapper = load_backend(facts["ENGINE"]).DatabaseWrapper(facts, "default")
    return link


def use(link: BaseDatabaseWrapper) -> None:
    """Let everything that reads and writes use this connection from now on."""
    connections["default"] = link
