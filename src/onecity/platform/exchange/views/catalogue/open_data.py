"""Open data for everybody: the list, one dataset, its files."""

from collections.abc import Mapping
from typing import BinaryIO, Final

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from onecity.kernel import clock
from onecity.kernel.errors import Unavailable
from onecity.kernel.text import zh
from onecity.platform.exchange.codecs.open_formats import FORMATS, OpenFormat
from onecity.platform.exchange.contracts.catalogue import PublishedEntry, RowQuery
from onecity.platform.exchange.models import DatasetVersion
from onecity.platform.exchange.selectors.catalogue import published_version
from onecity.platform.exchange.selectors.catalogue.classes import class_choices
from onecity.platform.exchange.selectors.catalogue.entries import published_entry
from onecity.platform.exchange.selectors.catalogue.figures import use_of
from onecity.platform.exchange.selectors.catalogue.lists import EntryQuery, counts, open_entries
from onecity.platform.exchange.selectors.catalogue.queries import QueryTooSlow, query_rows
from onecity.platform.exchange.selectors.catalogue.versions import NoSuchDataset
from onecity.platform.exchange.services.catalogue.downloads import (
    format_of,
    is_large,
    made_file,
    path_of,
    write_temporary,
)
from onecity.platform.exchange.services.catalogue.usage import note_use
from onecity.platform.exchange.views.catalogue.shown import CYCLE, OPENING, TYPE, choices, provider_choices, shown_value
from onecity.web.access import public
from onecity.web.http import CityRequest
from onecity.web.listing import Filter, query_of

_SAMPLE: Final = 5


class FileBeingMade(Unavailable):
    """The dataset is large; its file is made in the background."""

    code = "exchange.file_being_made"
    message = zh("数据量较大，文件正在生成，请几分钟后再来下载")


@public
@require_GET
def index(request: CityRequest) -> HttpResponse:
    """List what is open, with search and filters."""
    filters = (
        Filter("class", zh("全部分类"), choices=class_choices()),
        Filter("provider", zh("全部提供方"), choices=provider_choices()),
        Filter("cycle", zh("全部更新周期"), choices=choices(CYCLE)),
    )
    query = query_of(request.GET, filters=filters)
    given: Mapping[str, str] = query.filters
    page = open_entries(
        EntryQuery(
            search=query.search,
            class_code=given.get("class", ""),
            organisation_id=int(given.get("provider", "0")),
            update_cycle=given.get("cycle", ""),
            after=query.after,
            size=query.size,
        )
    )
    facts = {
        "query": query,
        "filters": filters,
        "chosen": given,
        "page": page,
        "rows": [(row, CYCLE[row.update_cycle], OPENING[row.open_type]) for row in page.rows],
        "next": page.next.encode() if page.next else "",
        "total": counts("public", facet="all").get("", 0),
    }
    template = "exchange/catalogue/open_rows.html" if request.wants_fragment else "exchange/catalogue/open_list.html"
    return render(request, template, facts)


@public
@require_GET
def dataset(request: CityRequest, code: str) -> HttpResponse:
    """Show an open dataset: what it is, how to get it, a few rows."""
    entry = published_entry(code)
    version = published_version(code)
    note_use(version.dataset_id, kind="views", now=request.now)
    facts = {
        "entry": entry,
        "opening": OPENING[entry.open_type],
        "cycle": CYCLE[entry.update_cycle],
        "fields": [(field, TYPE[field.type]) for field in entry.fields],
        "formats": formats_of(entry),
        "use": use_of(version.dataset_id),
        "sample": _sample(entry),
        "api": request.build_absolute_uri(f"/api/exchange/open/{code}/rows") if entry.queryable else "",
        "related": [published_entry(item) for item in entry.related],
    }
    return render(request, "exchange/catalogue/open_dataset.html", facts)


@public
@require_GET
def download(request: CityRequest, code: str, form: str) -> HttpResponseBase:
    """Give an open dataset as a file."""
    version = open_version(code)
    wanted = format_of(version, form)
    if is_large(version):
        made = made_file(version, form=wanted, now=clock.real_now())
        if made is None:
            raise FileBeingMade
        content: BinaryIO = path_of(made).open("rb")
    else:
        content = write_temporary(version, form=wanted)
    note_use(version.dataset_id, kind="downloads", now=request.now)
    name = f"{code}.{wanted.code}"
    return FileResponse(content, as_attachment=True, filename=name, content_type=_media_type(wanted))


def open_version(code: str) -> DatasetVersion:
    """Return the published version of a dataset whose rows are open. Raises: NoSuchDataset."""
    version = published_version(code)
    if version.open_type != "unconditional" or version.source_kind != "declared":
        raise NoSuchDataset
    return version


def formats_of(entry: PublishedEntry) -> list[tuple[OpenFormat, str, int | None]]:
    """Return the formats that an entry is given in: format, address, size when it is known."""
    if entry.open_type != "unconditional" or not entry.served:
        return []
    return [
        (item, reverse("exchange:open_download", args=[entry.code, item.code]), entry.files.get(item.code))
        for item in FORMATS.values()
        if item.code != "geojson" or entry.has_geometry
    ]


def _sample(entry: PublishedEntry) -> list[list[object]]:
    if not entry.queryable or entry.open_type != "unconditional":
        return []
    try:
        page = query_rows(entry.code, fields=entry.fields, query=RowQuery(size=_SAMPLE))
    except QueryTooSlow:
        return []
    return [[shown_value(value) for value in row] for row in page.rows]


def _media_type(form: OpenFormat) -> str:
    return f"{form.media_type}; charset=utf-8" if form.code == "csv" else form.media_type
