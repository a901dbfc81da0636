"""Queries on open data, for everybody's programs."""

import math
import time
from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from onecity.kernel import clock, context
from onecity.kernel.errors import Unavailable
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.catalogue import RowFilter, RowQuery
from onecity.platform.exchange.rules.row_queries import read_condition
from onecity.platform.exchange.rules.throttling import Throttle
from onecity.platform.exchange.selectors.catalogue.entries import published_entry
from onecity.platform.exchange.selectors.catalogue.lists import EntryQuery, open_entries
from onecity.platform.exchange.selectors.catalogue.queries import query_rows
from onecity.platform.exchange.selectors.catalogue.versions import NoSuchDataset, published_version
from onecity.platform.exchange.services.catalogue.usage import note_use
from onecity.web.api import for_everyone
from onecity.web.errors import problem_response
from onecity.web.paging import Cursor

router: Final = Router(tags=[zh("开放数据")])
BURST: Final = 60
PER_SECOND: Final = 2.0
throttle: Final = Throttle(BURST, PER_SECOND)


class TooManyQueries(Unavailable):
    """The visitor asks too often."""

    code = "exchange.too_many_queries"
    message = zh("查询过于频繁，请稍后再试")


class OpenDataset(Schema):
    """An open dataset in the list."""

    code: str
    title: str
    provider: str
    class_code: str
    resource_code: str
    update_cycle: str
    open_type: str
    last_data_at: str | None


class OpenDatasets(Schema):
    """A page of open datasets."""

    items: list[OpenDataset]
    next: str | None


class OpenRows(Schema):
    """A page of rows. count: on the first page; exact: whether it was counted or is an estimate."""

    columns: list[str]
    rows: list[dict[str, Any]]
    next: str | None
    count: int | None
    count_is_exact: bool
    licence: str | None


class RowsIn(Schema):
    """What rows are asked for."""

    select: str = Field("", description="要返回的字段，以逗号分隔；不填返回全部")
    where: list[str] = Field(default_factory=list, description="条件“字段:运算符:值”，可重复，须同时满足")
    order: str = Field("", description="排序字段，前加 - 为降序")
    after: str = Field("", description="上一页返回的 next")
    size: int = Field(100, description="每页行数，1 到 1000")


@router.get("/open", response=OpenDatasets, auth=for_everyone(), summary=zh("开放数据目录"))
def list_open(
    request: HttpRequest, q: str = "", after: str = "", size: Annotated[int, Query(ge=1, le=100)] = 20
) -> Any:
    """Return open datasets, newest first. q: words of two and more characters."""
    refused = _throttled(request)
    if refused is not None:
        return refused
    page = open_entries(EntryQuery(search=q[:64], after=Cursor.decode(after), size=size))
    items = [
        OpenDataset(
            code=row.code,
            title=row.title,
            provider=row.provider,
            class_code=row.class_code,
            resource_code=row.resource_code,
            update_cycle=row.update_cycle,
            open_type=row.open_type,
            last_data_at=row.last_data_at.isoformat() if row.last_data_at else None,
        )
        for row in page.rows
    ]
    return OpenDatasets(items=items, next=page.next.encode() if page.next else None)


@router.get("/open/{code}/rows", response=OpenRows, auth=for_everyone(), summary=zh("查询一项开放数据"))
def open_rows(request: HttpRequest, code: str, asked: Query[RowsIn]) -> Any:
    """Return a page of an open dataset's rows; operators of conditions: eq ne lt le gt ge in prefix null."""
    refused = _throttled(request)
    if refused is not None:
        return refused
    entry = published_entry(code)
    if entry.open_type != "unconditional" or not entry.served:
        raise NoSuchDataset
    query = RowQuery(
        select=tuple(name for name in asked.select.split(",") if name),
        filters=tuple(RowFilter(*read_condition(text)) for text in asked.where),
        order=asked.order,
        after=asked.after,
        size=asked.size,
    )
    page = query_rows(code, fields=entry.fields, query=query)
    note_use(published_version(code).dataset_id, kind="queries", now=clock.city_now())
    return OpenRows(
        columns=list(page.columns),
        rows=[dict(zip(page.columns, row, strict=True)) for row in page.rows],
        next=page.after or None,
        count=page.count,
        count_is_exact=page.exact,
        licence=entry.licence[2] if entry.licence else None,
    )


def _throttled(request: HttpRequest) -> HttpResponse | None:
    """Return the refusal of a visitor who asks too often; each web process counts by itself."""
    seconds = throttle.wait(context.current().address, now=time.monotonic())
    if not seconds:
        return None
    response = problem_response(TooManyQueries(), instance=request.path)
    response.status_code = 429
    response.headers["Retry-After"] = str(math.ceil(seconds))
    return response
