"""Blocks of entity records."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from onecity.kernel.errors import NotPermitted
from onecity.platform.identity.tests.factories import make_actor, make_organisation
from onecity.platform.registers.contracts.persons import BlockKey, Taken
from onecity.platform.registers.models import (
    EntityStatus,
    EntityVersion,
    LegalEntity,
)
from onecity.platform.registers.permissions import MAINTAIN_ENTITIES
from onecity.platform.registers.selectors.entities.facts import (
    as_of,
)
from onecity.platform.registers.services.entities.taking import take_entity_records
from onecity.platform.registers.tests.entity_factories import (
    ACTOR,
    make_entity,
    make_source,
    make_uscc,
    rank,
)
from onecity.platform.registers.tests.moments import NOON

pytestmark = pytest.mark.django_db
OLD = datetime(2020, 1, 1, tzinfo=UTC)


def take(columns: Mapping[str, list[str]], *, source: str = "samr", number: int = 1, now: datetime = NOON) -> Taken:
    batch = pa.RecordBatch.from_pydict(dict(columns))
    return take_entity_records(ACTOR, source=source, batch=batch, block=BlockKey("run", number), now=now)


def test_block_enters_changes_and_leaves_alone() -> None:
    known, same = make_entity("甲", observed_at=OLD, registrar="旧"), make_entity("乙", observed_at=OLD)
    fresh = make_uscc()
    done = take(
        {
            "uscc": [known.uscc, same.uscc, fresh, "坏"],
            "name": ["甲", "乙", "丙", "丁"],
            "registrar": ["新", "", "朝阳区市场监管局", ""],
            "division": ["220104001001", "220104001001", "220102", ""],
            "address": ["人民大街1号", "人民大街1号", "南关大街1号", ""],
            "observed_at": ["2026-03-01 08:00", "", "2026-03-09T00:00:00+08:00", ""],
        }
    )
    assert (done.read, done.inserted, done.updated, done.unchanged, len(done.refused)) == (4, 1, 1, 1, 1)
    assert done.refused[0].row == 3
    made = LegalEntity.objects.get(uscc=fresh)
    assert (made.name, made.kind, made.valid_from, made.words) == ("丙", "enterprise", date(2026, 3, 9), [])
    known.refresh_from_db()
    assert (known.registrar, known.valid_from, known.revision) == ("新", date(2026, 3, 1), 2)
    assert EntityVersion.objects.get().facts["registrar"] == "旧"


def test_same_block_again_changes_nothing_and_tells_the_same() -> None:
    make_source()
    columns = {"uscc": [make_uscc(), "坏"], "name": ["甲", "乙"]}
    first = take(columns)
    again = take(columns)
    assert (first.repeated, again.repeated) == (False, True)
    assert (again.inserted, again.refused) == (1, first.refused)
    assert LegalEntity.objects.count() == 1


def test_block_without_names_changes_the_known_and_refuses_strangers() -> None:
    known = make_entity("甲", observed_at=OLD)
    done = take({"uscc": [known.uscc, make_uscc()], "status": ["revoked", "existing"]})
    assert (done.updated, [item.row for item in done.refused]) == (1, [1])
    known.refresh_from_db()
    assert (known.status, known.name) == ("revoked", "甲")
    assert EntityStatus.objects.filter(entity=known, status="revoked").exists()


def test_block_of_another_source_settles_by_rank_and_waits_where_none_is() -> None:
    known = make_entity("甲", observed_at=OLD, registrar="市场监管局")
    make_source("tax")
    done = take({"uscc": [known.uscc], "registrar": ["税务局"]}, source="tax")
    assert (done.updated, done.contested) == (0, 1)
    rank([make_source("tax").id], [make_source("samr").id])
    done = take({"uscc": [known.uscc], "registrar": ["税务分局"]}, source="tax", number=2)
    assert (done.updated, done.contested) == (1, 0)
    known.refresh_from_db()
    assert known.registrar == "税务分局"


def test_older_word_of_the_same_source_is_stale() -> None:
    known = make_entity("甲", registrar="新")
    done = take({"uscc": [known.uscc], "registrar": ["旧"], "observed_at": ["2020-01-01"]})
    assert done.unchanged == 1


def test_second_change_of_a_block_keeps_the_first_in_its_place() -> None:
    known = make_entity("甲", observed_at=OLD, registrar="一")
    take({"uscc": [known.uscc], "registrar": ["二"], "observed_at": ["2024-01-01"]})
    take({"uscc": [known.uscc], "registrar": ["三"], "observed_at": ["2025-01-01"]}, number=2)
    known.refresh_from_db()
    for day, registrar in ((date(2022, 1, 1), "一"), (date(2024, 6, 1), "二"), (date(2025, 6, 1), "三")):
        state = as_of(known, valid_at=day, known_at=NOON)
        assert state is not None
        assert state.facts["registrar"] == registrar


def test_block_is_taken_for_ones_own_source_only() -> None:
    make_source(organisation=make_organisation("市场监管局"))
    stranger = make_actor(MAINTAIN_ENTITIES, organisation=make_organisation())
    batch = pa.RecordBatch.from_pydict({"uscc": [make_uscc()], "name": ["甲"]})
    with pytest.raises(NotPermitted):
        take_entity_records(stranger, source="samr", batch=batch, block=BlockKey("run", 1), now=NOON)


def test_block_costs_the_same_statements_however_many_rows() -> None:
    make_source()

    def statements(rows: int, number: int) -> int:
        columns = {"uscc": [make_uscc() for _ in range(rows)], "name": [f"单位{row}" for row in range(rows)]}
        with CaptureQueriesContext(connection) as captured:
            take(columns, number=number)
        return len(captured)

    assert statements(2, 1) == statements(200, 2)
