"""Lists as data: columns, filters and a selector; one template shows them, one answer exports them.

A module describes its list once and gets: the page, its HTMX fragment, paging by key, an honest count, CSV and Excel.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final, Generic, Literal, TypeVar

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render

from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.web.exports import FORMATS, export
from onecity.web.http import CityRequest
from onecity.web.paging import LARGEST_PAGE, PAGE_SIZE, Cursor, Page

Row = TypeVar("Row")
Value = str | int | float | bool | datetime | date | timedelta | None
Look = Literal["text", "number", "moment", "span", "badge", "code"]

LONGEST_SEARCH: Final = 64


@dataclass(frozen=True, slots=True)
class Badge:
    """A word with a colour: what a state looks like. tone: a Bootstrap-like name of the design language."""

    text: str
    tone: Literal["grey", "blue", "green", "yellow", "orange", "red", "purple"] = "grey"


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column. `value` reads a row; `link` gives the address the cell leads to; `narrow` columns hide on phones."""

    name: str
    value: Callable[[Row], Value | Badge]
    look: Look = "text"
    link: Callable[[Row], str] | None = None
    wide_only: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter field. `choices`: (value, Chinese label) pairs, for `choice` only."""

    name: str
    label: str
    kind: Literal["choice", "date_from", "date_to", "flag", "text"] = "choice"
    choices: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """What a visitor asked a list for: words, filter values (only those given, and valid), where to begin, how many."""

    search: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    after: Cursor | None = None
    size: int = PAGE_SIZE

    def instant(self, name: str) -> datetime | None:
        """Return a date filter as the instant at which that day begins in the city; None when it is not given."""
        text = self.filters.get(name, "")
        return datetime.combine(date.fromisoformat(text), time.min, CITY_ZONE) if text else None


@dataclass(frozen=True, slots=True)
class Action:
    """A button above the list. `url` leads to a page; permission is checked by whoever builds the listing."""

    name: str
    url: str
    icon: str = "plus"


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """A list page. fetch: the module's selector with the actor bound. empty: what to do when nothing is there."""

    title: str
    columns: Sequence[Column[Row]]
    fetch: Callable[[Query], Page[Row]]
    filters: Sequence[Filter] = ()
    searchable: bool = False
    search_hint: str = zh("输入关键词")
    empty: str = zh("这里还没有内容")
    actions: Sequence[Action] = ()
    template: str = "web/listing.html"
    fragment: str = "web/components/listing_rows.html"
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell ready for the template."""

    value: object
    look: str
    link: str
    wide_only: bool


def query_of(parameters: QueryDict, *, filters: Sequence[Filter]) -> Query:
    """Read a list's query from the address.

    Raises: Invalid naming the field, if a filter's value or the page size is not one that the list offers.
    """
    values = {item.name: parameters.get(item.name, "").strip() for item in filters}
    for item in filters:
        if values[item.name]:
            _check(item, values[item.name])
    size = parameters.get("size", str(PAGE_SIZE))
    if not size.isdigit() or not 1 <= int(size) <= LARGEST_PAGE:
        raise Invalid(fields={"size": zh("每页行数应在 1 到 500 之间")})
    return Query(
        search=parameters.get("q", "").strip()[:LONGEST_SEARCH],
        filters={name: value for name, value in values.items() if value},
        after=Cursor.decode(parameters.get("after", "")),
        size=int(size),
    )


def respond(request: CityRequest, listing: Listing[Row]) -> HttpResponseBase:
    """Answer with the page, its rows alone (HTMX), or an export (`?format=csv|xlsx`)."""
    query = query_of(request.GET, filters=listing.filters)
    wanted = request.GET.get("format", "")
    if wanted in FORMATS:
        names = [column.name for column in listing.columns]
        return export(wanted, title=listing.title, names=names, rows=_all_rows(listing, query))
    page = listing.fetch(query)
    facts = {
        "listing": listing,
        "query": query,
        "page": page,
        "rows": [[_cell(column, row) for column in listing.columns] for row in page.rows],
        "next": page.next.encode() if page.next else "",
        "chosen": query.filters,
        **listing.extra,
    }
    return render(request, listing.fragment if request.wants_fragment else listing.template, facts)


def _all_rows(listing: Listing[Row], query: Query) -> "list[list[Value]]":
    rows: list[list[Value]] = []
    after = None
    while True:
        page = listing.fetch(Query(query.search, query.filters, after, LARGEST_PAGE))
        rows.extend([_plain(column.value(row)) for column in listing.columns] for row in page.rows)
        after = page.next
        if after is None or len(rows) >= EXPORT_LIMIT:
            return rows


EXPORT_LIMIT: Final = 50_000


def _plain(value: Value | Badge) -> Value:
    return value.text if isinstance(value, Badge) else value


def _cell(column: Column[Row], row: Row) -> Cell:
    value = column.value(row)
    look = "badge" if isinstance(value, Badge) else column.look
    return Cell(value, look, column.link(row) if column.link else "", column.wide_only)


def _check(item: Filter, value: str) -> None:
    if item.kind == "choice" and value not in {code for code, _ in item.choices}:
        raise Invalid(fields={item.name: zh("没有这个选项")})
    if item.kind in {"date_from", "date_to"}:
        try:
            date.fromisoformat(value)
        except ValueError:
            raise Invalid(fields={item.name: zh("日期应写成 2026-03-01 的形式")}) from None
