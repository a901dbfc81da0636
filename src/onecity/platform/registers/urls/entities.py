"""Addresses of the registers: entities."""

from typing import Final

from django.urls import URLPattern, path

from onecity.platform.registers.views.entities import changing, pages

urlpatterns: Final[list[URLPattern]] = [
    path("registers/entities", pages.index, name="entities"),
    path("registers/entities/new", changing.new, name="new_entity"),
    path("registers/entities/<int:entity_id>", pages.page, name="entity"),
    path("registers/entities/<int:entity_id>/change", changing.change, name="change_entity"),
    path("registers/entities/<int:entity_id>/add/<str:part>", changing.add, name="add_entity_part"),
    path("registers/entities/<int:entity_id>/end/<str:part>/<int:part_id>", changing.end, name="end_entity_part"),
]
