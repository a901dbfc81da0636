"""Lists of the catalogue for staff: what is published, what is one's own, what waits for review, what is overdue."""

from collections.abc import Mapping
from typing import Final

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.catalogue import EntryRow
from onecity.platform.exchange.permissions import COMPILE_CATALOGUE, REVIEW_CATALOGUE, VIEW_CATALOGUE
from onecity.platform.exchange.selectors.catalogue.classes import class_choices
from onecity.platform.exchange.selectors.catalogue.lists import (
    EntryQuery,
    counts,
    overdue_entries,
    own_entries,
    published_entries,
)
from onecity.platform.exchange.selectors.catalogue.reviews import Waiting, waiting_for
from onecity.platform.exchange.views.catalogue.shown import (
    CYCLE,
    ENTRY,
    OPENING,
    SHARING,
    choices,
    provider_choices,
)
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Column, Filter, Listing, Query, respond

_TITLE: Final = Column[EntryRow](
    zh("信息资源名称"), lambda row: gettext(row.title), link=lambda row: entry_link(row.code)
)
_CODE: Final = Column[EntryRow](zh("信息资源代码"), lambda row: row.resource_code or "—", look="code", wide_only=True)
_PROVIDER: Final = Column[EntryRow](zh("提供方"), lambda row: row.provider)
_CLASS: Final = Column[EntryRow](zh("分类"), lambda row: row.class_name, wide_only=True)
_SHARING: Final = Column[EntryRow](zh("共享类型"), lambda row: SHARING[row.sharing_type])
_OPENING: Final = Column[EntryRow](zh("开放类型"), lambda row: OPENING[row.open_type], wide_only=True)
_CYCLE: Final = Column[EntryRow](zh("更新周期"), lambda row: gettext(CYCLE[row.update_cycle]), wide_only=True)
_NEWEST: Final = Column[EntryRow](zh("最近数据时间"), lambda row: row.last_data_at, look="moment", wide_only=True)


def entry_link(code: str) -> str:
    """Return the address of an entry's page."""
    return reverse("exchange:dataset", args=[code])


def version_link(code: str, number: int) -> str:
    """Return the address of a version's page."""
    return reverse("exchange:version", args=[code, number])


def entry_filters() -> tuple[Filter, ...]:
    """Return the filters of a list of entries."""
    return (
        Filter("class", zh("全部分类"), choices=class_choices()),
        Filter("provider", zh("全部提供方"), choices=provider_choices()),
        Filter("sharing", zh("全部共享类型"), choices=choices(SHARING)),
        Filter("open", zh("全部开放类型"), choices=choices(OPENING)),
        Filter("cycle", zh("全部更新周期"), choices=choices(CYCLE)),
    )


def entry_query(query: Query) -> EntryQuery:
    """Return what a list is asked for, as the selectors take it."""
    given: Mapping[str, str] = query.filters
    return EntryQuery(
        search=query.search,
        class_code=given.get("class", ""),
        organisation_id=int(given.get("provider", "0")),
        sharing_type=given.get("sharing", ""),
        open_type=given.get("open", ""),
        update_cycle=given.get("cycle", ""),
        state=given.get("state", ""),
        after=query.after,
        size=query.size,
    )


@requires(VIEW_CATALOGUE)
@require_GET
def catalogue(request: CityRequest) -> HttpResponseBase:
    """List what is published, with the three types of sharing as tabs."""
    listing = Listing[EntryRow](
        title=zh("数据资源目录"),
        columns=(_TITLE, _CODE, _PROVIDER, _CLASS, _SHARING, _OPENING, _CYCLE, _NEWEST),
        filters=entry_filters(),
        fetch=lambda query: published_entries(entry_query(query)),
        searchable=True,
        search_hint=zh("名称、字段、提供方，至少两个字"),
        empty=zh("没有符合条件的数据资源"),
        template="exchange/catalogue/catalogue.html",
        extra={"tabs": _tabs(request)},
    )
    return respond(request, listing)


@requires(COMPILE_CATALOGUE)
@require_GET
def own(request: CityRequest) -> HttpResponseBase:
    """List the entries for which the visitor compiles, whatever their state."""
    listing = Listing[EntryRow](
        title=zh("目录编制"),
        columns=(
            _TITLE,
            Column(zh("状态"), lambda row: ENTRY[row.state]),
            _CODE,
            _PROVIDER,
            _SHARING,
            _OPENING,
            _CYCLE,
            _NEWEST,
        ),
        filters=(Filter("state", zh("全部状态"), choices=choices(ENTRY)), *entry_filters()),
        fetch=lambda query: own_entries(request.actor, entry_query(query)),
        searchable=True,
        search_hint=zh("名称、字段，至少两个字"),
        empty=zh("还没有编制目录。可以新建，也可以从数据库或文件读取字段"),
        actions=[Action(zh("编制目录"), reverse("exchange:new_dataset"))],
    )
    return respond(request, listing)


@requires(REVIEW_CATALOGUE)
@require_GET
def reviews(request: CityRequest) -> HttpResponseBase:
    """List what waits for review, the earliest first."""
    listing = Listing[Waiting](
        title=zh("目录审核"),
        columns=(
            Column(zh("信息资源名称"), lambda row: row.title, link=lambda row: version_link(row.code, row.number)),
            Column(zh("版本"), lambda row: row.number, look="number"),
            Column(zh("提供方"), lambda row: row.provider),
            Column(zh("共享类型"), lambda row: SHARING[row.sharing_type]),
            Column(zh("开放类型"), lambda row: OPENING[row.open_type], wide_only=True),
            Column(zh("提交时间"), lambda row: row.submitted_at, look="moment", wide_only=True),
            Column(zh("审核期限"), lambda row: row.review_due_at, look="moment"),
        ),
        fetch=lambda query: waiting_for(request.actor, after=query.after, size=query.size),
        empty=zh("没有等待审核的目录"),
    )
    return respond(request, listing)


@requires(VIEW_CATALOGUE)
@require_GET
def overdue(request: CityRequest) -> HttpResponseBase:
    """List the entries whose newer data are due and have not come, the longest overdue first."""
    listing = Listing[EntryRow](
        title=zh("更新超期"),
        columns=(
            _TITLE,
            _PROVIDER,
            _CYCLE,
            Column(zh("最近数据时间"), lambda row: row.last_data_at, look="moment"),
            Column(zh("应更新时间"), lambda row: row.next_data_at, look="moment"),
            Column(zh("超期"), lambda row: request.now - row.next_data_at if row.next_data_at else None, look="span"),
        ),
        filters=(Filter("provider", zh("全部提供方"), choices=provider_choices()),),
        fetch=lambda query: overdue_entries(entry_query(query), now=request.now),
        empty=zh("没有超期未更新的数据资源"),
    )
    return respond(request, listing)


def _tabs(request: CityRequest) -> list[dict[str, object]]:
    chosen, by_type = request.GET.get("sharing", ""), counts("staff", facet="sharing")
    tabs: list[dict[str, object]] = [
        {"code": "", "name": zh("全部"), "count": sum(by_type.values()), "chosen": not chosen}
    ]
    for code, badge in SHARING.items():
        tabs.append({"code": code, "name": badge.text, "count": by_type.get(code, 0), "chosen": code == chosen})
    return tabs
