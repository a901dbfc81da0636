"""Queries, files and counts of open data: every value as it lies in the database."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from django.db import connection
from pyarrow import parquet

from onecity.platform.exchange.codecs.open_formats import FORMATS
from onecity.platform.exchange.contracts.catalogue import FieldText, RowFilter, RowQuery
from onecity.platform.exchange.models import DownloadFile
from onecity.platform.exchange.registries import declared_datasets
from onecity.platform.exchange.rules.row_queries import BadQuery
from onecity.platform.exchange.selectors.catalogue import published_version, queries
from onecity.platform.exchange.selectors.catalogue.queries import QueryTooSlow, estimated_rows, query_rows
from onecity.platform.exchange.selectors.catalogue.rows import NotQueryable, batches, declared_sql
from onecity.platform.exchange.selectors.catalogue.samples import sample
from onecity.platform.exchange.selectors.catalogue.versions import NoSuchDataset
from onecity.platform.exchange.services.catalogue import downloads
from onecity.platform.exchange.services.catalogue.downloads import (
    NoSuchFormat,
    format_of,
    is_large,
    made_file,
    make_file,
    open_fields,
    path_of,
    write_now,
)
from onecity.platform.exchange.services.catalogue.writing import texts_of
from onecity.platform.exchange.tests.catalogue_factories import enter, gauge
from onecity.platform.jobs.tests.factories import Unwatched

pytestmark = pytest.mark.django_db
Row = dict[str, object]


@pytest.fixture(autouse=True)
def _files_lie_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep made files away from this checkout's own."""
    monkeypatch.setattr(downloads, "folder", lambda: tmp_path)


@pytest.fixture
def fields(monkeypatch: pytest.MonkeyPatch, now: datetime) -> tuple[FieldText, ...]:
    """The open fields of a declared dataset of 200 rows."""
    enter(monkeypatch, gauge(), now=now)
    return open_fields(published_version("gauge.rows").id)


def stored() -> list[Row]:
    """Return the rows as the database holds them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({declared_sql('gauge.rows').replace('%', '%%')}) AS d ORDER BY number", [])
        names = [item[0] for item in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def written(form: str) -> bytes:
    out = io.BytesIO()
    version = published_version("gauge.rows")
    assert write_now(version, form=FORMATS[form], out=out) == 200
    return out.getvalue()


def rows_of(fields: tuple[FieldText, ...], **asked: object) -> list[Row]:
    page = query_rows("gauge.rows", fields=fields, query=RowQuery(**asked))  # type: ignore[arg-type]  # test's own
    return [dict(zip(page.columns, row, strict=True)) for row in page.rows]


def test_csv_holds_every_value(fields: tuple[FieldText, ...]) -> None:
    text = written("csv").decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text)))
    for row, real in zip(found, stored(), strict=True):
        assert row["number"] == real["number"]
        assert int(row["amount"]) == real["amount"]
        assert row["value"] == "" if real["value"] is None else float(row["value"]) == real["value"]
        assert Decimal(row["price"]) == real["price"]
        assert row["flag"] == ("true" if real["flag"] else "false")
        assert date.fromisoformat(row["day"]) == real["day"]
        assert datetime.fromisoformat(row["at"]) == real["at"]
        assert json.loads(row["extra"]) == json.loads(str(real["extra"]).replace("'", '"'))
        assert row["geometry"].startswith("POINT(125.")
        note = real["note"]
        assert row["note"] == ("" if note is None else f"'{note}" if str(note).startswith("=") else note)


def test_csv_never_holds_what_a_spreadsheet_would_execute(fields: tuple[FieldText, ...]) -> None:
    rows = csv.reader(io.StringIO(written("csv").decode("utf-8-sig")))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "\t", "\r"))]


def test_json_holds_every_value(fields: tuple[FieldText, ...]) -> None:
    for row, real in zip(json.loads(written("json"), parse_float=Decimal), stored(), strict=True):
        assert (row["number"], row["amount"], row["flag"], row["note"]) == (
            real["number"], real["amount"], real["flag"], real["note"],
        )  # fmt: skip
        assert row["price"] == real["price"]
        assert (row["value"] is None) == (real["value"] is None)
        assert datetime.fromisoformat(row["at"]) == real["at"]
        assert row["extra"] == {"n": real["amount"]}
        assert row["geometry"]["type"] == "Point"
        assert "phone" not in row


def test_parquet_holds_every_value_with_its_type(fields: tuple[FieldText, ...]) -> None:
    table = parquet.read_table(io.BytesIO(written("parquet")))
    assert json.loads(table.schema.metadata[b"geo"])["primary_column"] == "geometry"
    assert table.schema.field("at").type == pa.timestamp("us", tz="Asia/Shanghai")
    assert table.schema.field("value").metadata[b"unit"] == b"kg"
    for row, real in zip(table.to_pylist(), stored(), strict=True):
        for name in ("number", "amount", "value", "price", "flag", "day", "at", "note"):
            assert row[name] == real[name]
        assert isinstance(row["geometry"], bytes)


def test_geojson_is_a_collection_of_features(fields: tuple[FieldText, ...]) -> None:
    found = json.loads(written("geojson"))
    assert found["type"] == "FeatureCollection"
    assert [item["properties"]["number"] for item in found["features"]] == [row["number"] for row in stored()]
    assert found["features"][0]["geometry"]["coordinates"] == [125.0001, 43]
    assert "geometry" not in found["features"][0]["properties"]


def test_an_empty_dataset_is_written_whole(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    enter(monkeypatch, gauge(rows=0), now=now)
    version = published_version("gauge.rows")
    for form in FORMATS.values():
        out = io.BytesIO()
        assert write_now(version, form=form, out=out) == 0
        if form.code in {"json", "geojson"}:
            assert json.loads(out.getvalue()) in ([], {"type": "FeatureCollection", "features": []})


def test_what_is_not_open_is_neither_shown_nor_asked_for(fields: tuple[FieldText, ...]) -> None:
    assert "phone" not in rows_of(fields, size=1)[0]
    for asked in (
        {"select": ("phone",)},
        {"order": "phone"},
        {"filters": (RowFilter("phone", "eq", ("1",)),)},
    ):
        with pytest.raises(BadQuery):
            rows_of(fields, **asked)


@pytest.mark.parametrize("order", ["", "amount", "-amount", "value", "-value", "-at", "number"])
def test_pages_give_every_row_once_in_order(fields: tuple[FieldText, ...], order: str) -> None:
    seen: list[Row] = []
    after = ""
    while True:
        page = query_rows("gauge.rows", fields=fields, query=RowQuery(order=order, after=after, size=33))
        seen += [dict(zip(page.columns, row, strict=True)) for row in page.rows]
        after = page.after
        if not after:
            break
    assert sorted(str(row["number"]) for row in seen) == [row["number"] for row in stored()]
    name = order.removeprefix("-") or "number"
    values = [row[name] for row in seen if row[name] is not None]
    assert values == sorted(values, reverse=order.startswith("-"))  # type: ignore[type-var]  # one type in a column
    assert [row[name] for row in seen if row[name] is None] == [row[name] for row in seen[len(values) :]]


@pytest.mark.parametrize(
    ("condition", "numbers"),
    [
        (RowFilter("amount", "eq", ("7",)), {7}),
        (RowFilter("amount", "ne", ("7",)), set(range(1, 201)) - {7}),
        (RowFilter("amount", "lt", ("3",)), {1, 2}),
        (RowFilter("amount", "le", ("3",)), {1, 2, 3}),
        (RowFilter("amount", "gt", ("198",)), {199, 200}),
        (RowFilter("amount", "ge", ("199",)), {199, 200}),
        (RowFilter("amount", "in", ("1", "5", "900")), {1, 5}),
        (RowFilter("number", "prefix", ("00019",)), set(range(190, 200))),
        (RowFilter("value", "null", ("true",)), set(range(10, 201, 10))),
        (RowFilter("value", "null", ("false",)), {n for n in range(1, 201) if n % 10}),
        (RowFilter("flag", "eq", ("true",)), set(range(7, 201, 7))),
        (RowFilter("day", "eq", ("2026-01-03",)), {2}),
        (RowFilter("at", "lt", ("2026-01-01T00:03:00+08:00",)), {1, 2}),
        (RowFilter("note", "eq", ("50%",)), set(range(3, 201, 4))),
    ],
)
def test_conditions_find_what_they_say(fields: tuple[FieldText, ...], condition: RowFilter, numbers: set[int]) -> None:
    found = rows_of(fields, filters=(condition,), select=("amount",), size=1000)
    assert {row["amount"] for row in found} == numbers


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"filters": (RowFilter("amount", "eq", ("many",)),)}, "where"),
        ({"filters": (RowFilter("day", "eq", ("2026-13-45",)),)}, "where"),
        ({"filters": (RowFilter("amount", "prefix", ("1",)),)}, "where"),
        ({"filters": (RowFilter("extra", "eq", ("1",)),)}, "where"),
        ({"order": "extra"}, "order"),
        ({"size": 0}, "size"),
        ({"size": 1001}, "size"),
        ({"after": "bm90IGEgbWFyaw"}, "after"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(
    fields: tuple[FieldText, ...], asked: dict[str, object], named: str
) -> None:
    with pytest.raises(BadQuery) as refusal:
        rows_of(fields, **asked)
    assert set(refusal.value.fields) == {named}


def test_a_value_is_data_and_never_sql(fields: tuple[FieldText, ...]) -> None:
    evil = "'; DROP TABLE exchange_dataset; --"
    assert rows_of(fields, filters=(RowFilter("note", "eq", (evil,)),)) == []
    assert len(stored()) == 200


def test_counts_are_exact_to_the_bound_and_estimates_beyond(
    monkeypatch: pytest.MonkeyPatch, fields: tuple[FieldText, ...]
) -> None:
    page = query_rows("gauge.rows", fields=fields, query=RowQuery(size=10))
    assert (page.count, page.exact) == (200, True)
    assert query_rows("gauge.rows", fields=fields, query=RowQuery(size=10, after=page.after)).count is None
    monkeypatch.setattr(queries, "COUNTED_UP_TO", 50)
    number, exact = estimated_rows("gauge.rows")
    assert number > 50
    assert not exact


def test_a_query_that_reads_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    item = gauge(rows=1)
    enter(monkeypatch, item, now=now)
    slow = replace(item, rows=f"SELECT s.* FROM ({item.rows}) AS s, pg_sleep(20)")
    monkeypatch.setitem(declared_datasets()._items, "gauge.rows", slow)
    monkeypatch.setattr(queries, "LONGEST_MS", 50)
    fields = open_fields(published_version("gauge.rows").id)
    with pytest.raises(QueryTooSlow):
        query_rows("gauge.rows", fields=fields, query=RowQuery())


def test_a_dataset_of_batches_is_downloaded_and_not_queried(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    def made() -> Iterator[pa.RecordBatch]:
        yield pa.RecordBatch.from_pydict({"amount": [1, 2], "number": ["a", "b"], "more": [1, 1]})

    item = replace(gauge(), rows="", batches=made, fields=gauge().fields[:2], geometry=False)
    enter(monkeypatch, item, now=now)
    version = published_version("gauge.rows")
    out = io.BytesIO()
    assert write_now(version, form=FORMATS["json"], out=out) == 2
    assert json.loads(out.getvalue()) == [{"number": "a", "amount": 1}, {"number": "b", "amount": 2}]
    assert is_large(version)
    with pytest.raises(NotQueryable):
        query_rows("gauge.rows", fields=open_fields(version.id), query=RowQuery())
    assert sample("gauge.rows", fields=texts_of(version.id)) == []


def test_an_unknown_dataset_has_no_rows() -> None:
    with pytest.raises(NoSuchDataset):
        next(batches("gauge.nothing", fields=[]))


def test_a_format_without_sense_is_refused(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    enter(monkeypatch, gauge(geometry=False), now=now)
    version = published_version("gauge.rows")
    for form in ("geojson", "exe"):
        with pytest.raises(NoSuchFormat):
            format_of(version, form)


def test_samples_are_masked_as_their_fields_say(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    enter(monkeypatch, gauge(), now=now)
    fields = texts_of(published_version("gauge.rows").id)
    rows = sample("gauge.rows", fields=fields)
    place = [field.name for field in fields].index("phone")
    assert [row[place] for row in rows] == [f"138****{number:04d}" for number in range(1, 6)]


def test_a_large_file_is_made_once_and_given_from_then_on(
    monkeypatch: pytest.MonkeyPatch, heard: object, now: datetime
) -> None:
    enter(monkeypatch, gauge(), now=now)
    monkeypatch.setattr(downloads, "LARGE", 100)
    version = published_version("gauge.rows")
    assert is_large(version)
    at = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
    assert made_file(version, form=FORMATS["csv"], now=at) is None
    assert made_file(version, form=FORMATS["csv"], now=at) is None
    jobs = heard.jobs  # type: ignore[attr-defined]  # the fixture's own class
    assert [code for code, _ in jobs] == ["exchange.make_file"]
    row = DownloadFile.objects.get(version=version)
    assert make_file(row.id, progress=Unwatched(), now=at) == 200
    made = made_file(version, form=FORMATS["csv"], now=at)
    assert made is not None
    assert path_of(made).read_bytes() == written("csv")
    assert (made.rows, made.size, len(made.digest)) == (200, path_of(made).stat().st_size, 64)
    assert len(jobs) == 1


def test_an_old_file_is_given_while_the_next_is_made(
    monkeypatch: pytest.MonkeyPatch, heard: object, now: datetime
) -> None:
    enter(monkeypatch, gauge(), now=now)
    version = published_version("gauge.rows")
    first, later = datetime(2026, 3, 10, 4, 0, tzinfo=UTC), datetime(2026, 3, 12, 4, 0, tzinfo=UTC)
    made_file(version, form=FORMATS["csv"], now=first)
    row = DownloadFile.objects.get(version=version)
    make_file(row.id, progress=Unwatched(), now=first)
    old = made_file(version, form=FORMATS["csv"], now=later)
    assert old is not None
    assert len(heard.jobs) == 2  # type: ignore[attr-defined]  # the fixture's own class
    before = path_of(old)
    make_file(row.id, progress=Unwatched(), now=later)
    assert not before.exists()
    assert path_of(DownloadFile.objects.get(id=row.id)).exists()
