"""Addresses of the registers: places."""

from typing import Final

from django.urls import URLPattern, path

from onecity.platform.registers.views.places import files, pages

urlpatterns: Final[list[URLPattern]] = [
    path("registers/places/buildings", pages.buildings, name="buildings"),
    path("registers/places/buildings/<int:building_id>", pages.building, name="building"),
    path("registers/places/parcels", pages.parcels, name="parcels"),
    path("registers/places/parcels/<int:parcel_id>", pages.parcel, name="parcel"),
    path("registers/places/resources", pages.resources, name="resources"),
    path("registers/places/resources/<int:resource_id>", pages.resource, name="resource"),
    path("registers/places/files", files.index, name="place_files"),
    path("registers/places/files/new", files.take, name="take_places"),
    path("registers/places/files/<int:file_id>/withdraw", files.withdraw, name="withdraw_places"),
]
