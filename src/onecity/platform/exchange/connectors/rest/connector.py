"""The connector for interfaces over HTTP."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import httpx

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import Answers
from onecity.platform.exchange.connectors.columns import Cell, batch_of, shape_of_rows
from onecity.platform.exchange.connectors.contract import NotUnderstood, Target, WriteRequest
from onecity.platform.exchange.connectors.filtering import kept
from onecity.platform.exchange.connectors.formats.objects import rows_at
from onecity.platform.exchange.connectors.rest.asking import Asker
from onecity.platform.exchange.connectors.rest.options import OPTIONS
from onecity.platform.exchange.connectors.rest.paging import Page, Paging, Token
from onecity.platform.exchange.contracts.blocks import Block, Loading, Reading, ReadRequest, TornRow
from onecity.platform.exchange.contracts.places import OptionField, OptionValue, Place
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape

Row = Mapping[str, Cell]
_SHOWN: Final = 200
_TEXT: Final = LogicalType.TEXT


class RestConnector:
    """Reads JSON objects page by page; a table is a path under the interface's address."""

    kind: str = "rest"
    title: str = zh("HTTP 接口（JSON）")
    options: Sequence[OptionField] = OPTIONS
    readings: frozenset[Reading] = frozenset({Reading.FULL, Reading.BY_CURSOR})
    loadings: frozenset[Loading] = frozenset()

    def check(self, place: Place) -> None:
        """Ask for the first resource, or for the address itself. Raises: Unreachable, NotUnderstood."""
        answers = Answers(place, self.options)
        names = _resources(answers)
        with Asker(answers) as asker:
            asker.ask(_address(asker, names[0]) if names else asker.base, {})

    def discover(self, place: Place) -> Sequence[TableShape]:
        """Return the resources that the options name, as their first pages suggest. Raises: Unreachable."""
        answers = Answers(place, self.options)
        shapes = []
        with Asker(answers) as asker:
            for name in _resources(answers):
                pages = Pages(answers, asker, name)
                rows, _, _ = pages.get(pages.paging.first(), {})
                shapes.append(shape_of_rows(name, rows))
        return shapes

    def read(self, place: Place, request: ReadRequest) -> Iterator[Block]:
        """Yield blocks of whole pages. Raises: Unreachable, NotUnderstood."""
        answers = Answers(place, self.options)
        with Asker(answers) as asker:
            yield from _Walk(answers, request, Pages(answers, asker, request.table)).blocks()

    def target(self, place: Place, request: WriteRequest) -> Target:
        """Refuse. Raises: NotUnderstood."""
        raise NotUnderstood(zh("HTTP 接口只能读取"))


class Pages:
    """The pages of one resource."""

    def __init__(self, answers: Answers, asker: Asker, name: str) -> None:
        self._asker, self._name = asker, name
        self._rows_path = [part for part in answers.text("rows_path").split(".") if part]
        self.paging = Paging(answers, _address(asker, name))
        self._last = b""

    def get(self, token: Token, more: dict[str, str]) -> tuple[list[Row], list[TornRow], Token | None]:
        """Return a page's rows, what was none, and where the next page is. Raises: Unreachable, NotUnderstood."""
        url, parameters = self.paging.question(token)
        response = self._asker.ask(url, parameters | more)
        response.extensions["url"] = httpx.URL(url)
        entries = self._entries(response)
        rows: list[Row] = [entry for entry in entries if isinstance(entry, dict)]
        torn = [
            TornRow(f"{self._name}[{token}:{place}]", json.dumps(entry, ensure_ascii=False)[:_SHOWN], "torn_row",
                    zh("这一条不是 JSON 对象"))
            for place, entry in enumerate(entries) if not isinstance(entry, dict)
        ]  # fmt: skip
        following = self.paging.following(Page(response, response.json(), len(entries), token))
        if following is not None and entries and response.content == self._last:
            raise NotUnderstood(zh("对方的翻页没有前进"))
        self._last = response.content
        return rows, torn, following

    def _entries(self, response: httpx.Response) -> list[object]:
        try:
            entries = rows_at(response.json(), self._rows_path)
        except ValueError:
            raise NotUnderstood(zh("对方的应答不是 JSON")) from None
        if entries is None:
            raise NotUnderstood(zh("对方的应答中没有“{path}”"), params={"path": ".".join(self._rows_path) or "[]"})
        return entries


@dataclass(slots=True)
class _Walk:
    """One reading through the pages.

    Positions: `token`, where the next page is; `end` behind the last. By cursor, `since` is the value above which rows
    are taken and `seen` the highest so far, which becomes the next reading's `since`.
    """

    answers: Answers
    request: ReadRequest
    pages: Pages
    since: OptionValue | float | None = None
    seen: OptionValue | float | None = None
    waiting: list[Row] = field(default_factory=list)
    torn: list[TornRow] = field(default_factory=list)

    def blocks(self) -> Iterator[Block]:
        """Yield blocks as soon as enough pages are there."""
        position = dict(self.request.since or {})
        number = int(position.get("n") or 0)
        self.since, self.seen = position.get("since"), position.get("seen", position.get("since"))
        token: Token | None = self.pages.paging.first()
        if position.get("end"):
            if self.request.reading is Reading.FULL:
                return
            self.since = self.seen
        elif position.get("token") is not None:
            token = _token(position["token"])
        while token is not None:
            rows, torn, token = self.pages.get(token, self._more())
            self._take(rows)
            self.torn += torn
            if len(self.waiting) >= self.request.block_rows or (token is None and (self.waiting or self.torn)):
                number += 1
                yield self._block(number, token)

    def _more(self) -> dict[str, str]:
        name = self.answers.text("since_parameter")
        return {name: str(self.since)} if name and self.since is not None else {}

    def _take(self, rows: Sequence[Row]) -> None:
        if self.request.reading is not Reading.BY_CURSOR:
            self.waiting += rows
            return
        for row in rows:
            value = row.get(self.request.cursor)
            if isinstance(value, str | int | float) and _above(value, self.since):
                self.waiting.append(row)
                self.seen = value if _above(value, self.seen) else self.seen

    def _block(self, number: int, token: Token | None) -> Block:
        after: dict[str, str | int | float | None] = {"n": number}
        after |= {"end": 1} if token is None else {"token": token}
        if self.request.reading is Reading.BY_CURSOR:
            after |= {"since": self.since, "seen": self.seen}
        shape = shape_of_rows(self.request.table, self.waiting)
        found = {column.name: column for column in shape.columns}
        if self.waiting:
            self._demand(found)
        columns = [found.get(name) or ColumnShape(name, _TEXT) for name in self._wanted()]
        batch = kept(batch_of(self.waiting, columns), self.request.conditions).select(list(self.request.columns))
        torn, self.waiting, self.torn = tuple(self.torn), [], []
        return Block(number, batch, after, torn)

    def _wanted(self) -> list[str]:
        return list(dict.fromkeys([*self.request.columns, *(item.column for item in self.request.conditions)]))

    def _demand(self, found: Mapping[str, ColumnShape]) -> None:
        for name in self._wanted():
            if name not in found:
                raise NotUnderstood(zh("对方的应答中没有“{path}”"), params={"path": name})


def _above(value: str | float, other: OptionValue | float | None) -> bool:
    if other is None:
        return True
    if isinstance(value, str) or isinstance(other, str):
        return str(value) > str(other)
    return value > other


def _token(value: str | float | None) -> Token:
    return value if isinstance(value, str | int) else str(value)


def _resources(answers: Answers) -> list[str]:
    return [name.strip() for name in answers.text("resources").split(",") if name.strip()]


def _address(asker: Asker, name: str) -> str:
    if not name or name.startswith("/") or "://" in name or ".." in name:
        raise NotUnderstood(zh("“{name}”不能作为资源路径"), params={"name": name})
    return f"{asker.base}/{name}"
