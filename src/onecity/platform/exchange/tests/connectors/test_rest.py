"""HTTP interfaces: every way of turning pages, and patience."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from tests.servers.datasette import running_datasette
from tests.servers.interfaces import TOKEN, Interfaces

from onecity.kernel.clock import real_now
from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.connectors.rest.connector import RestConnector
from onecity.platform.exchange.contracts.blocks import Block, Reading
from onecity.platform.exchange.contracts.places import OptionValue, Place
from onecity.platform.exchange.tests.connectors.people import people, read, write_request

CONNECTOR = RestConnector()
PAGINGS: dict[str, dict[str, OptionValue]] = {
    "page": {"paging": "page"},
    "offset": {"paging": "offset"},
    "cursor": {"paging": "cursor", "next_path": "data.next"},
    "link": {"paging": "next_link", "next_path": "data.next"},
    "header": {"paging": "next_link"},
}


def _place(server: Interfaces, secret: str = "", /, **options: OptionValue) -> Place:
    known: dict[str, OptionValue] = {"url": server.url, "rows_path": "data.list", "page_size": 10, "rate": 1000}
    return Place("rest", known | options, secret)


def _ids(blocks: list[Block]) -> list[int]:
    return [number for block in blocks for number in block.rows.column("id").to_pylist()]


def _read(place: Place, table: str, **request: object) -> list[Block]:
    return list(read(CONNECTOR, place, table, **{"columns": ("id",), "block_rows": 10, **request}))


@pytest.fixture
def server(interfaces: Interfaces) -> Interfaces:
    """Interfaces with 35 people."""
    interfaces.rows = people(1, 35).to_pylist()
    return interfaces


@pytest.mark.parametrize("name", PAGINGS)
def test_every_way_of_turning_pages_gives_every_row_once(server: Interfaces, name: str) -> None:
    assert _ids(_read(_place(server, **PAGINGS[name]), name)) == list(range(1, 36))


@pytest.mark.parametrize("name", PAGINGS)
def test_every_way_of_turning_pages_goes_on_behind_any_block(server: Interfaces, name: str) -> None:
    place = _place(server, **PAGINGS[name])
    whole = _read(place, name)
    assert len(whole) == 4
    for stop in range(1, 5):
        rest = _read(place, name, since=whole[stop - 1].after)
        assert _ids(rest) == _ids(whole[stop:])
        assert [block.number for block in rest] == [block.number for block in whole[stop:]]


def test_without_paging_the_answer_is_everything(server: Interfaces) -> None:
    assert _ids(_read(_place(server, rows_path=""), "plain")) == list(range(1, 36))


def test_by_cursor_only_higher_values_are_taken_and_the_next_run_begins_there(server: Interfaces) -> None:
    place = _place(server, paging="page", since_parameter="after")
    first = _read(place, "page", reading=Reading.BY_CURSOR, cursor="seen")
    assert _ids(first) == list(range(1, 36))
    assert _read(place, "page", reading=Reading.BY_CURSOR, cursor="seen", since=first[-1].after) == []
    server.rows = people(1, 37).to_pylist()
    second = _read(place, "page", reading=Reading.BY_CURSOR, cursor="seen", since=first[-1].after)
    assert _ids(second) == [36, 37]


def test_by_cursor_a_cut_off_run_goes_on(server: Interfaces) -> None:
    place = _place(server, paging="page")
    first, *others = _read(place, "page", reading=Reading.BY_CURSOR, cursor="id")
    rest = _read(place, "page", reading=Reading.BY_CURSOR, cursor="id", since=first.after)
    assert _ids(rest) == _ids(others)
    assert rest[-1].after["seen"] == 35


def test_busy_servers_are_waited_for(server: Interfaces) -> None:
    server.busy = 2
    assert len(_ids(_read(_place(server, rows_path=""), "plain"))) == 35
    assert server.asked == ["/plain"] * 3


def test_waiting_until_a_moment_is_understood(server: Interfaces) -> None:
    server.busy, server.retry_after = 1, format_datetime(real_now() - timedelta(seconds=5))
    assert len(_ids(_read(_place(server, rows_path=""), "plain"))) == 35


def test_waiting_without_a_word_is_short(server: Interfaces) -> None:
    server.busy, server.retry_after = 1, "soon"
    assert len(_ids(_read(_place(server, rows_path=""), "plain"))) == 35


def test_servers_that_stay_busy_are_unreachable(server: Interfaces) -> None:
    server.busy = 99
    with pytest.raises(Unreachable, match="稍后再试"):
        _read(_place(server, rows_path=""), "plain")


@pytest.mark.parametrize(
    "options",
    [{"auth": "bearer"}, {"auth": "header", "auth_name": "X-Key"}, {"auth": "basic", "auth_name": "user"},
     {"auth": "query", "auth_name": "key"}],
)  # fmt: skip
def test_secrets_are_shown_in_every_way(server: Interfaces, options: dict[str, OptionValue]) -> None:
    assert len(_ids(_read(_place(server, TOKEN, rows_path="", **options), "guarded"))) == 35


def test_a_wrong_token_is_unreachable_and_stays_out_of_the_message(server: Interfaces) -> None:
    place = _place(server, "falsch-41", resources="guarded", auth="query", auth_name="key")
    with pytest.raises(Unreachable, match="401") as caught:
        CONNECTOR.check(place)
    assert "falsch" not in f"{caught.value!r} {caught.value.params}"


def test_pages_that_do_not_advance_are_not_understood(server: Interfaces) -> None:
    with pytest.raises(NotUnderstood, match="没有前进"):
        _read(_place(server, paging="next_link", next_path="data.next"), "loop")
    with pytest.raises(NotUnderstood, match="没有前进"):
        _read(_place(server, paging="page"), "deaf")


def test_a_next_page_on_another_server_is_not_asked_for(server: Interfaces) -> None:
    with pytest.raises(NotUnderstood, match="不在同一服务器"):
        _read(_place(server, TOKEN, paging="next_link", next_path="data.next", auth="bearer"), "elsewhere")


@pytest.mark.parametrize(
    ("name", "error"), [("html", NotUnderstood), ("nowhere", NotUnderstood), ("broken", Unreachable)]
)
def test_odd_answers_are_told_apart(server: Interfaces, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        _read(_place(server), name)


def test_a_path_that_leads_nowhere_is_not_understood(server: Interfaces) -> None:
    with pytest.raises(NotUnderstood, match=r"data\.rows"):
        _read(_place(server, rows_path="data.rows"), "page")


def test_entries_that_are_no_objects_are_torn(server: Interfaces) -> None:
    [block] = _read(_place(server, rows_path=""), "odd")
    assert block.rows.column("id").to_pylist() == [1, 2]
    assert [row.text for row in block.torn] == ['"odd"', "7"]


@pytest.mark.parametrize("name", ["../secret", "/etc", "http://203.0.113.9/x", ""])
def test_names_that_leave_the_interface_are_not_understood(server: Interfaces, name: str) -> None:
    with pytest.raises(NotUnderstood, match="资源路径"):
        _read(_place(server), name)


@pytest.mark.parametrize(
    "options", [{"url": "ftp://127.0.0.1"}, {"ca_file": "/nowhere"}, {"paging": "guess"}, {"rate": "1"}]
)
def test_odd_options_are_not_understood(server: Interfaces, options: dict[str, OptionValue]) -> None:
    with pytest.raises(NotUnderstood, match="填写有误"):
        CONNECTOR.check(_place(server, **options))


def test_interfaces_are_only_read(server: Interfaces) -> None:
    with pytest.raises(NotUnderstood, match="只能读取"):
        CONNECTOR.target(_place(server), write_request())


@pytest.fixture(scope="module")
def datasette(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Datasette in front of 230 people."""
    file: Path = tmp_path_factory.mktemp("datasette") / "civil.db"
    with closing(sqlite3.connect(file)) as link:
        link.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT)")
        link.executemany("INSERT INTO people VALUES (?, ?)", [(number, f"张三{number}") for number in range(1, 231)])
        link.commit()
    with running_datasette(file) as address:
        yield address


def test_datasette_is_read_page_by_page(datasette: str) -> None:
    options: dict[str, OptionValue] = {
        "url": datasette, "resources": "people.json?_shape=objects", "rows_path": "rows", "paging": "next_link",
        "next_path": "next_url", "size_parameter": "_size", "page_size": 50, "rate": 1000,
    }  # fmt: skip
    place = Place("rest", options)
    [shape] = CONNECTOR.discover(place)
    assert [column.name for column in shape.columns] == ["id", "name"]
    found = _read(place, shape.name, block_rows=100)
    assert [block.rows.num_rows for block in found] == [100, 100, 30]
    assert _ids(found) == list(range(1, 231))
    assert _ids(_read(place, shape.name, since=found[0].after)) == list(range(101, 231))
