"""Pages of the history: the explorer, its files and views, retention."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from python_calamine import CalamineWorkbook

from onecity.kernel.errors import Invalid
from onecity.platform.identity.tests.factories import Organisation, make_actor
from onecity.platform.iot.contracts import HistoryQuery, RetentionText
from onecity.platform.iot.models import HistoryExport, Retention, SavedView
from onecity.platform.iot.permissions import MANAGE_HISTORY, VIEW_ALARMS, VIEW_DEVICES
from onecity.platform.iot.services import exports
from onecity.platform.iot.services.exports import make_export, start_export
from onecity.platform.iot.services.retention import set_retention
from onecity.platform.iot.services.saved_views import MOST_VIEWS, TooManyViews, save_view
from onecity.platform.iot.tests.factories import NOW, make_datastream, make_device
from onecity.platform.iot.tests.history.lying import A_DAY, A_MINUTE, lay, roll_up
from onecity.platform.iot.tests.visiting import body, client_of
from onecity.platform.jobs.api import Cancelled

pytestmark = pytest.mark.django_db
STRETCH = f"since={(NOW - A_DAY).isoformat().replace('+', '%2B')}&until={NOW.isoformat().replace('+', '%2B')}"


@pytest.fixture
def stream(organisation: Organisation) -> int:
    """A datastream with a day of readings."""
    found = make_datastream(make_device("KEY1", organisation=organisation)).id
    lay([(found, NOW - n * 10 * A_MINUTE, float(n), "N") for n in range(1, 144)], now=NOW)
    return found


class Watched:
    """A progress that keeps what it was told, and cancels when asked to."""

    def __init__(self, *, cancel: bool = False) -> None:
        self.told: list[tuple[int, int]] = []
        self._cancel = cancel

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        self.told.append((done, total))
        if self._cancel and done:
            raise Cancelled


def test_explorer_opens_empty(staff: Client) -> None:
    assert "先在“选择数据流”中查找" in body(staff, "/iot/explorer")


def test_explorer_draws_what_is_asked_for_with_its_table(staff: Client, stream: int) -> None:
    text = body(staff, f"/iot/explorer?s={stream}&{STRETCH}&step=hour&value=high")
    assert 'data-controller="iot/explorer"' in text
    assert "原始读数 143" in text
    assert "每1小时一段" in text
    assert text.count("<tr>") > 24


def test_explorer_compares_with_the_stretch_before(staff: Client, stream: int) -> None:
    text = body(staff, f"/iot/explorer?s={stream}&{STRETCH}&step=raw&compare=before")
    assert "（对比）" in text.encode().decode("unicode_escape", "ignore") or "\\uff08" in text


@pytest.mark.parametrize("more", ["step=7h", "value=mode", "span=age", "s=x", "compare=never", "since=tomorrow"])
def test_address_that_says_nothing_is_told_on_the_page(staff: Client, more: str) -> None:
    assert "alert-danger" in body(staff, f"/iot/explorer?{more}")


def test_series_may_be_taken_out_again(staff: Client, stream: int, organisation: Organisation) -> None:
    other = make_datastream(make_device(organisation=organisation)).id
    text = body(staff, f"/iot/explorer?s={stream},{other}&{STRETCH}")
    assert f"s={other}" in text
    assert "移除" in text


def test_series_of_another_office_are_not_there(staff: Client) -> None:
    assert staff.get(f"/iot/explorer?s={make_datastream().id}").status_code == 404


def test_streams_are_found_by_words_type_and_property(staff: Client, stream: int, organisation: Organisation) -> None:
    make_datastream(make_device(type_code="gauge.meter", organisation=organisation), property_code="flow")
    make_datastream(make_device("KEY9"))
    fragment = Client(headers={"HX-Request": "true"})
    fragment.cookies = staff.cookies
    found = body(fragment, "/iot/explorer/streams?q=key1&type=gauge.air&property=pm2_5&period=real_time")
    assert f'value="{stream}"' in found
    assert found.count("checkbox") == 1
    assert "流量" not in body(staff, "/iot/explorer/streams?type=gauge.air")
    assert "输入设备名称" in body(fragment, "/iot/explorer/streams")


def test_view_is_kept_replaced_and_forgotten(staff: Client, stream: int) -> None:
    for value in ("low", "high"):
        given = {"title": "我的视图", "s": [str(stream)], "span": "week", "value": value}
        assert staff.post("/iot/explorer/views", given).status_code == 302
    view = SavedView.objects.get()
    assert view.query == {"s": [str(stream)], "span": ["week"], "value": ["high"]}
    assert "我的视图" in body(staff, "/iot/explorer")
    staff.post(f"/iot/explorer/views/{view.id}/delete")
    assert not SavedView.objects.exists()
    assert staff.post(f"/iot/explorer/views/{view.id}/delete").status_code == 404


def test_view_needs_a_title(staff: Client) -> None:
    staff.post("/iot/explorer/views", {"title": " "})
    assert not SavedView.objects.exists()


def test_nobody_keeps_endless_views() -> None:
    actor = make_actor(VIEW_DEVICES, everywhere=True)
    for number in range(MOST_VIEWS):
        save_view(actor, title=str(number), query={}, now=NOW)
    with pytest.raises(TooManyViews):
        save_view(actor, title="再一个", query={}, now=NOW)
    save_view(actor, title="0", query={"span": ["day"]}, now=NOW)


def exported(stream: int, kind: str, *, step_s: int = 0) -> HistoryExport:
    actor = make_actor(VIEW_DEVICES, everywhere=True)
    query = HistoryQuery((stream,), NOW - A_DAY, NOW, step_s)
    run = start_export(actor, query=query, kind=kind, title="=一份数据", now=NOW)
    row = HistoryExport.objects.get(run_id=run)
    make_export(Watched(), {"export_id": row.id})
    row.refresh_from_db()
    return row


def test_csv_file_holds_every_reading(stream: int) -> None:
    row = exported(stream, "csv")
    with default_storage.open(row.file) as file:
        rows = list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"))))
    assert row.readings == len(rows) - 1 == 143
    assert rows[1][0] == "KEY1"
    assert rows[1][6:] == ["2026-03-09 12:10:00", "143.0", "正常"]


def test_excel_file_holds_hours(stream: int) -> None:
    row = exported(stream, "xlsx", step_s=3_600)
    with default_storage.open(row.file) as file:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(file.read())).get_sheet_by_index(0).to_python()
    assert rows[0][7:10] == ["读数个数", "有效个数", "平均值"]
    assert sum(float(str(row[7])) for row in rows[1:]) == 143


@pytest.mark.parametrize("step_s", [0, 3_600])
def test_parquet_file_has_typed_columns(stream: int, step_s: int, tmp_path: Path) -> None:
    row = exported(stream, "parquet", step_s=step_s)
    with default_storage.open(row.file) as file:
        table = pq.read_table(io.BytesIO(file.read()))
    assert str(table.schema.field("at").type) == "timestamp[us, tz=UTC]"
    assert table.num_rows == row.readings


def test_excel_says_when_its_sheet_is_full(stream: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_IN_A_SHEET", 100)
    with pytest.raises(exports.SheetFull):
        exported(stream, "xlsx")


def test_cancelled_export_leaves_no_file(stream: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "WINDOW", 3_600_000_000)
    actor = make_actor(VIEW_DEVICES, everywhere=True)
    query = HistoryQuery((stream,), NOW - A_DAY, NOW)
    row = HistoryExport.objects.get(run_id=start_export(actor, query=query, kind="csv", title="x", now=NOW))
    watched = Watched(cancel=True)
    with pytest.raises(Cancelled):
        make_export(watched, {"export_id": row.id})
    row.refresh_from_db()
    assert (row.file, row.finished_at, watched.told) == ("", None, [(0, 24), (1, 24)])


def test_export_refuses_what_cannot_be() -> None:
    actor = make_actor(VIEW_DEVICES, everywhere=True)
    with pytest.raises(Invalid):
        start_export(actor, query=HistoryQuery((1,), NOW, NOW + A_DAY), kind="pdf", title="", now=NOW)
    with pytest.raises(Invalid):
        start_export(actor, query=HistoryQuery((1,), NOW, NOW), kind="csv", title="", now=NOW)
    many = range(exports.MOST_STREAMS + 1)
    with pytest.raises(Invalid):
        start_export(actor, query=HistoryQuery(many, NOW, NOW + A_DAY), kind="csv", title="", now=NOW)


@pytest.mark.django_db(transaction=True)
def test_file_is_made_in_the_background_and_given_to_whom_asked(
    stream: int, staff: Client, run_queue: Callable[[], int], everywhere: Client
) -> None:
    given = {
        "s": [str(stream)],
        "since": (NOW - A_DAY).isoformat(),
        "until": NOW.isoformat(),
        "kind": "csv",
        "step": "raw",
    }
    answer = staff.post("/iot/explorer/export", given)
    assert answer.status_code == 302
    run_queue()
    row = HistoryExport.objects.get()
    assert body(staff, f"/jobs/{row.run_id}")
    file = staff.get(f"/iot/explorer/exports/{row.id}/file")
    assert b"KEY1" in file.getvalue()
    assert everywhere.get(f"/iot/explorer/exports/{row.id}/file").status_code == 404
    assert row.title in body(staff, "/iot/explorer")


def test_export_of_nothing_is_refused(staff: Client) -> None:
    assert staff.post("/iot/explorer/export", {"kind": "csv"}).status_code == 422


def test_retention_page_sets_and_tells(stream: int) -> None:
    client = client_of(make_actor(MANAGE_HISTORY, everywhere=True))
    roll_up(NOW + timedelta(days=2))
    assert "没有设定期限" in body(client, "/iot/retention")
    given = {"type_code": "gauge.air", "raw_days": 1, "minute_days": 0, "hour_days": 0, "day_days": 0}
    assert client.post("/iot/retention", given).status_code == 302
    assert Retention.objects.get().raw_days == 1
    assert "1 天" in body(client, "/iot/retention?check=1")
    refused = client.post("/iot/retention", {**given, "hour_days": 1})
    assert "应长于原始读数" in refused.content.decode()


def test_what_would_go_stands_on_the_page(stream: int) -> None:
    client = client_of(make_actor(MANAGE_HISTORY, everywhere=True))
    lay([(stream, NOW - 400 * A_DAY, 1.0, "N")], now=NOW)
    roll_up(NOW)
    actor = make_actor(MANAGE_HISTORY, everywhere=True)
    set_retention(actor, text=RetentionText("", raw_days=30), now=NOW)
    text = body(client, "/iot/retention?check=1")
    assert "下列数据将在后台逐日清理" in text


def test_history_pages_ask_for_their_rights() -> None:
    stranger = client_of(make_actor(VIEW_ALARMS, everywhere=True))
    assert stranger.get("/iot/explorer").status_code == 403
    assert stranger.get("/iot/retention").status_code == 403
    viewer = client_of(make_actor(VIEW_DEVICES, everywhere=True))
    assert viewer.get("/iot/retention").status_code == 403


def test_hour_of_a_year_is_not_a_question_for_the_page(staff: Client, stream: int) -> None:
    assert "查询的数据过多" in body(staff, f"/iot/explorer?s={stream}&since=1990-01-01&until=2026-01-01&step=minute")
