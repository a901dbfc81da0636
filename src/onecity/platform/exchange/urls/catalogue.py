"""Addresses of exchange: catalogue."""

from django.urls import URLPattern, path

from onecity.platform.exchange.views.catalogue import (
    corrections,
    dataset,
    dcat,
    editing,
    figures,
    history,
    lists,
    open_data,
    steps,
)

_ENTRY = "exchange/datasets/<str:code>"
_OPEN = "open/datasets/<str:code>"
urlpatterns: list[URLPattern] = [
    path("exchange/catalogue", lists.catalogue, name="catalogue"),
    path("exchange/entries", lists.own, name="own_entries"),
    path("exchange/reviews", lists.reviews, name="reviews"),
    path("exchange/overdue", lists.overdue, name="overdue"),
    path("exchange/figures", figures.page, name="catalogue_figures"),
    path("exchange/entries/new", editing.new, name="new_dataset"),
    path(_ENTRY, dataset.page, name="dataset"),
    path(f"{_ENTRY}/edit", editing.edit, name="edit_dataset"),
    path(f"{_ENTRY}/versions/<int:number>", dataset.version, name="version"),
    path(f"{_ENTRY}/versions/<int:before>/<int:after>", history.compare, name="compare"),
    path(f"{_ENTRY}/lineage", history.lineage_page, name="lineage"),
    path(f"{_ENTRY}/lineage/note", steps.note_source, name="note_source"),
    path(f"{_ENTRY}/lineage/forget", steps.forget_source, name="forget_source"),
    path(f"{_ENTRY}/compile", steps.compile_step, name="compile_step"),
    path(f"{_ENTRY}/review", steps.review_step, name="review_step"),
    path(f"{_ENTRY}/doubt", corrections.report, name="report_doubt"),
    path("exchange/corrections", corrections.index, name="corrections"),
    path("exchange/corrections/<int:correction_id>", corrections.one, name="correction"),
    path("open/datasets", open_data.index, name="open_data"),
    path("open/catalog.jsonld", dcat.catalogue, {"form": "jsonld"}, name="dcat_jsonld"),
    path("open/catalog.ttl", dcat.catalogue, {"form": "ttl"}, name="dcat_ttl"),
    path(_OPEN, open_data.dataset, name="open_dataset"),
    path(f"{_OPEN}/dcat.jsonld", dcat.dataset, {"form": "jsonld"}, name="open_dataset_jsonld"),
    path(f"{_OPEN}/dcat.ttl", dcat.dataset, {"form": "ttl"}, name="open_dataset_ttl"),
    path(f"{_OPEN}/files/<str:form>", open_data.download, name="open_download"),
]
