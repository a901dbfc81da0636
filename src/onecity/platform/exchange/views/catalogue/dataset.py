"""One entry: what it says, its fields, versions and use."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from onecity.kernel.clock import city_date
from onecity.kernel.text import zh
from onecity.platform.exchange.models import Dataset, DatasetVersion
from onecity.platform.exchange.permissions import REQUEST_DATA, VIEW_CATALOGUE, VIEW_FLOWS
from onecity.platform.exchange.selectors.catalogue.classes import class_names, class_path
from onecity.platform.exchange.selectors.catalogue.entries import Rights, entry_for, version_for, versions_of
from onecity.platform.exchange.selectors.catalogue.figures import Used, use_by_day, use_of
from onecity.platform.exchange.selectors.catalogue.samples import sample
from onecity.platform.exchange.selectors.catalogue.versions import fields_of
from onecity.platform.exchange.services.catalogue.usage import note_use
from onecity.platform.exchange.services.catalogue.writing import texts_of
from onecity.platform.exchange.views.catalogue.shown import (
    CYCLE,
    ENTRY,
    FORMAT,
    OPENING,
    RESOURCE,
    SENSITIVITY,
    SHARING,
    TYPE,
    VERSION,
    shown_value,
)
from onecity.web.access import requires
from onecity.web.http import CityRequest


@requires(VIEW_CATALOGUE)
@require_GET
def page(request: CityRequest, code: str) -> HttpResponse:
    """Show an entry as it is published, or its draft to those inside."""
    return _page(request, code, number=None)


@requires(VIEW_CATALOGUE)
@require_GET
def version(request: CityRequest, code: str, number: int) -> HttpResponse:
    """Show one version of an entry."""
    return _page(request, code, number=number)


def _page(request: CityRequest, code: str, *, number: int | None) -> HttpResponse:
    dataset, rights = entry_for(request.actor, code)
    versions = versions_of(dataset, rights=rights)
    chosen = version_for(dataset, rights=rights, number=number)
    if dataset.state == Dataset.State.PUBLISHED and chosen.id == dataset.version_id:
        note_use(dataset.id, kind="views", now=request.now)
    today = city_date(request.now)
    days = use_by_day(dataset.id, until=today)
    fields = fields_of(chosen.id)
    facts = {
        "dataset": dataset,
        "version": chosen,
        "state": VERSION[chosen.state] if chosen.id != dataset.version_id else ENTRY[dataset.state],
        "facts": _facts(dataset, chosen),
        "fields": [
            (field, TYPE[field.type], SENSITIVITY[field.sensitivity], _sharing(field.sharing_type)) for field in fields
        ],
        "versions": [(item, VERSION[item.state]) for item in versions],
        "previous": next((item for item in versions if item.number < chosen.number), None),
        "open_version": next((item for item in versions if item.state in {"draft", "submitted", "returned"}), None),
        "rights": rights,
        "may_request": request.actor.may(REQUEST_DATA),
        "sees_quality": request.actor.may(VIEW_FLOWS),
        "may_edit": _may_edit(dataset, chosen, rights),
        "sample": _sample(dataset, chosen),
        "use": use_of(dataset.id),
        "chart": {
            "kind": "bar",
            "at": [day.strftime("%m-%d") for day, _ in days],
            "series": [
                {"name": gettext("浏览"), "values": [used.views for _, used in days]},
                {"name": gettext("下载"), "values": [used.downloads for _, used in days]},
                {"name": gettext("查询"), "values": [used.queries for _, used in days]},
                {"name": gettext("共享"), "values": [used.shares for _, used in days]},
            ],
        },
        "days": [
            (day, used) for day, used in reversed(days) if used.views or used.downloads or used.queries or used.shares
        ],
    }
    return render(request, "exchange/catalogue/dataset.html", facts)


def _sample(dataset: Dataset, chosen: DatasetVersion) -> list[list[object]]:
    if chosen.id != dataset.version_id:
        return []
    return [[shown_value(value) for value in row] for row in sample(dataset.code, fields=texts_of(chosen.id))]


def _chart(days: "list[tuple[date, Used]]") -> dict[str, object]:
    return {
        "kind": "bar",
        "at": [day.strftime("%m-%d") for day, _ in days],
        "series": [
            {"name": gettext("浏览"), "values": [used.views for _, used in days]},
            {"name": gettext("下载"), "values": [used.downloads for _, used in days]},
            {"name": gettext("查询"), "values": [used.queries for _, used in days]},
            {"name": gettext("共享"), "values": [used.shares for _, used in days]},
        ],
    }


def _may_edit(dataset: Dataset, chosen: DatasetVersion, rights: Rights) -> bool:
    return rights.compiles and not dataset.declared and chosen.state in {"draft", "returned"}


def _facts(dataset: Dataset, chosen: DatasetVersion) -> list[tuple[str, object]]:
    path = class_path(chosen.class_code, names=class_names())
    return [
        (zh("信息资源代码"), dataset.resource_code),
        (zh("资源标识符"), f"{dataset.front_code}/{dataset.back_code}" if dataset.front_code else ""),
        (zh("信息资源分类"), " / ".join(gettext(name) for _, name in path) or chosen.class_code),
        (zh("提供方"), dataset.organisation.name),
        (zh("提供方代码"), chosen.provider_credit_code),
        (zh("提供方内部机构"), chosen.provider_unit),
        (
            zh("信息资源格式"),
            " · ".join(part for part in (gettext(FORMAT[chosen.format_class]), chosen.format_type) if part),
        ),
        (zh("资源类型"), gettext(RESOURCE[chosen.resource_kind])),
        (zh("共享类型"), SHARING[chosen.sharing_type]),
        (zh("共享条件"), gettext(chosen.sharing_condition) if chosen.sharing_condition else ""),
        (zh("不予共享依据"), chosen.sharing_ground),
        (zh("共享方式"), gettext(chosen.sharing_mode) if chosen.sharing_mode else ""),
        (zh("开放类型"), OPENING[chosen.open_type]),
        (zh("开放条件"), chosen.open_condition),
        (zh("更新周期"), gettext(CYCLE[chosen.update_cycle])),
        (zh("最近数据时间"), dataset.last_data_at),
        (zh("应更新时间"), dataset.next_data_at),
        (zh("发布日期"), chosen.published_at),
        (zh("关键词"), "、".join(chosen.keywords)),
    ]


def _sharing(code: str) -> object:
    return SHARING[code] if code else None
