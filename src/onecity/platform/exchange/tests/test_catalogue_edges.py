"""What is rare in the catalogue: programs that report, odd names, ticks, long lists, writing that breaks off."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from django.test import Client

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotPermitted
from onecity.platform.exchange.codecs.open_formats import FORMATS
from onecity.platform.exchange.contracts.catalogue import FieldText
from onecity.platform.exchange.models import Correction, DownloadFile
from onecity.platform.exchange.permissions import VIEW_CATALOGUE
from onecity.platform.exchange.registries import declared_datasets
from onecity.platform.exchange.selectors.catalogue import published_version
from onecity.platform.exchange.selectors.catalogue.lists import EntryQuery, overdue_entries, own_entries
from onecity.platform.exchange.selectors.catalogue.queries import QueryTooSlow
from onecity.platform.exchange.selectors.catalogue.reviews import waiting_for
from onecity.platform.exchange.selectors.catalogue.rows import batch_of
from onecity.platform.exchange.selectors.catalogue.samples import shown
from onecity.platform.exchange.selectors.catalogue.versions import NoSuchDataset
from onecity.platform.exchange.services.catalogue import downloads, entering, upkeep
from onecity.platform.exchange.services.catalogue.compiling import discard_draft
from onecity.platform.exchange.services.catalogue.corrections import answer_doubt, report_doubt
from onecity.platform.exchange.services.catalogue.discovering import fields_of_file
from onecity.platform.exchange.services.catalogue.freshness import note_data
from onecity.platform.exchange.services.catalogue.reviewing import submit
from onecity.platform.exchange.tests.catalogue_factories import (
    compiler,
    drafted,
    enter,
    gauge,
    provider,
    published,
    registry_of,
    reviewer,
)
from onecity.platform.exchange.views.catalogue import open_data
from onecity.platform.jobs.api import Cancelled
from onecity.platform.jobs.tests.factories import Unwatched

pytestmark = pytest.mark.django_db


def test_a_program_reports_a_doubt_and_nobody_is_told_of_the_answer(now: datetime) -> None:
    entry = published(provider(), now=now)
    program = Actor("client", 7, "接口", None, {VIEW_CATALOGUE: frozenset()})
    number = report_doubt(program, code=entry.code, description="不对", now=now)
    assert Correction.objects.get(id=number).reporter_id is None
    answer_doubt(compiler(entry.organisation), correction_id=number, state="corrected", answer="已改", now=now)


def test_headings_that_are_alike_become_different_columns() -> None:
    found = fields_of_file("a.csv", content="A b,a-b,名,类\n1,2,x,y\n".encode())
    assert [field.name for field in found] == ["a_b", "a_b_2", "column_3", "column_4"]


def test_ticks_do_what_they_say(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(entering, "declared_datasets", lambda: registry_of(gauge()))
    assert upkeep.enter_now() == 0  # its provider is not there
    assert upkeep.tell_late_now() == 0
    assert upkeep.refresh_now() >= 0


def test_an_entry_that_is_not_there_is_not_held(now: datetime) -> None:
    with pytest.raises(NoSuchDataset):
        discard_draft(reviewer(), code="nothing")


def test_who_sees_a_published_entry_is_told_that_he_lacks_the_right(now: datetime) -> None:
    entry = published(provider(), now=now)
    with pytest.raises(NotPermitted):
        discard_draft(compiler(provider("公安局")), code=entry.code)


def test_long_lists_are_paged_by_key(now: datetime) -> None:
    body = provider()
    writer = compiler(body)
    for step in range(5):
        entry = drafted(body, writer, now=now + timedelta(minutes=step), update_cycle="realtime")
        submit(writer, code=entry.code, now=now + timedelta(minutes=step))
    first = own_entries(writer, EntryQuery(size=3, state="draft"))
    second = own_entries(writer, EntryQuery(size=3, state="draft", after=first.next))
    assert [len(first.rows), len(second.rows), second.next] == [3, 2, None]
    judge = reviewer()
    waiting = waiting_for(judge, size=3)
    rest = waiting_for(judge, size=3, after=waiting.next)
    earliest = [row.code for row in (*first.rows, *second.rows)][::-1]
    assert [row.code for row in (*waiting.rows, *rest.rows)] == earliest


def test_overdue_entries_are_paged_from_the_longest_on(now: datetime) -> None:
    body = provider()
    codes = []
    for step in range(3):
        entry = published(body, now=now, update_cycle="realtime")
        note_data(entry.code, data_at=now - timedelta(days=9 - step), now=now)
        codes.append(entry.code)
    first = overdue_entries(EntryQuery(size=2), now=now)
    second = overdue_entries(EntryQuery(size=2, after=first.next), now=now)
    assert [row.code for row in (*first.rows, *second.rows)] == codes
    assert second.count is None


def test_values_of_json_and_uuid_become_text() -> None:
    schema = pa.schema([("a", pa.string()), ("b", pa.string())])
    batch = batch_of([({"n": 1}, "x"), ("1", None), (object, "y")], schema=schema, texts=frozenset({0}))
    assert batch.column(0).to_pylist() == ['{"n": 1}', "1", str(object)]


def test_a_sensitive_value_without_a_mask_is_hidden() -> None:
    assert shown(FieldText("a", "甲", sensitivity="sensitive"), "x") == "***"
    assert shown(FieldText("a", "甲", sensitivity="sensitive"), None) is None
    assert shown(FieldText("a", "甲"), "x") == "x"


def test_writing_that_breaks_off_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, now: datetime) -> None:
    monkeypatch.setattr(downloads, "folder", lambda: tmp_path)
    enter(monkeypatch, gauge(), now=now)
    version = published_version("gauge.rows")
    row = DownloadFile.objects.create(version=version, format="csv", asked_at=now)

    class Stopped(Unwatched):
        def step(self, done: int, *, total: int = 0, note: str = "") -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        downloads.make_file(row.id, progress=Stopped(), now=now)
    assert list(tmp_path.iterdir()) == []

    def broken() -> Iterator[pa.RecordBatch]:
        yield from ()
        raise RuntimeError("the source is gone")

    item = replace(gauge(), rows="", batches=broken, geometry=False)
    monkeypatch.setitem(declared_datasets()._items, "gauge.rows", item)
    with pytest.raises(RuntimeError, match="gone"):
        downloads.write_temporary(version, form=FORMATS["json"])


def test_binary_columns_are_written_as_hexadecimal() -> None:
    schema = pa.schema([("raw", pa.binary())])
    out = io.BytesIO()
    batch = pa.RecordBatch.from_arrays([pa.array([b"\x01\xff", None], pa.binary())], schema=schema)
    assert FORMATS["csv"].write(iter([batch]), schema, out) == 2
    assert out.getvalue().decode("utf-8-sig").splitlines()[1:] == ['"01ff"', ""]


def test_open_pages_do_without_samples_that_take_too_long(
    monkeypatch: pytest.MonkeyPatch, client: Client, now: datetime
) -> None:
    enter(monkeypatch, gauge(), now=now)

    def slow(*_: object, **__: object) -> None:
        raise QueryTooSlow

    monkeypatch.setattr(open_data, "query_rows", slow)
    assert "数据样例" not in client.get("/open/datasets/gauge.rows").content.decode()


def test_files_of_versions_that_are_past_are_swept_away(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, now: datetime
) -> None:
    monkeypatch.setattr(downloads, "folder", lambda: tmp_path)
    enter(monkeypatch, gauge(), now=now)
    old = DownloadFile.objects.create(version=published_version("gauge.rows"), format="csv", asked_at=now)
    downloads.make_file(old.id, progress=Unwatched(), now=now)
    assert downloads.sweep_files() == 0
    entering.enter_declared(now=now, datasets=registry_of(gauge(name="改名")))
    DownloadFile.objects.create(version_id=old.version_id, format="json", asked_at=now)
    assert downloads.sweep_files() == 2
    assert list(tmp_path.iterdir()) == []
