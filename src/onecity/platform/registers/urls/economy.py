"""Addresses of the registers: economy."""

from typing import Final

from django.urls import URLPattern, path

from onecity.platform.registers.views.economy import definitions, series, tables

urlpatterns: Final[list[URLPattern]] = [
    path("registers/economy", series.index, name="economy"),
    path("registers/economy/new", definitions.new, name="new_series"),
    path("registers/economy/tables", tables.index, name="economic_tables"),
    path("registers/economy/tables/new", tables.take, name="take_economic_table"),
    path("registers/economy/tables/<int:table_id>", tables.page, name="economic_table"),
    path("registers/economy/tables/<int:table_id>/withdraw", tables.withdraw, name="withdraw_economic_table"),
    path("registers/economy/series/<str:code>", series.page, name="series"),
    path("registers/economy/series/<str:code>/history", series.history, name="figure_history"),
    path("registers/economy/series/<str:code>/change", definitions.change, name="change_series"),
    path("registers/economy/series/<str:code>/record", definitions.record, name="record_figure"),
]
