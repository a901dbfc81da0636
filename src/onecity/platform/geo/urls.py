"""Addresses of the one map."""

from django.urls import path

from onecity.platform.geo.views import addresses, divisions, grids, one_map

app_name = "geo"
urlpatterns = [
    path("map", one_map.one_map, name="map"),
    path("divisions", divisions.divisions, name="divisions"),
    path("divisions/<str:code>", divisions.division, name="division"),
    path("addresses", addresses.addresses, name="addresses"),
    path("addresses/match", addresses.match_addresses, name="match_addresses"),
    path("addresses/<int:address_id>", addresses.address, name="address"),
    path("grids", grids.grids, name="grids"),
    path("grids/draw", grids.draw_grid, name="draw_grid"),
    path("grids/<str:code>", grids.grid, name="grid"),
]
