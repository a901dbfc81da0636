"""Addresses of environment."""

from django.urls import path

from onecity.domains.environment.views import cards, city, method, stations

app_name = "environment"
urlpatterns = [
    path("air", city.air, name="air"),
    path("air/now", city.now, name="air_now"),
    path("air/card", cards.card, name="air_card"),
    path("air/stream", cards.stream, name="air_stream"),
    path("air/method", method.method, name="method"),
    path("air/method/new", method.add, name="add_method"),
    path("air/recompute", method.recompute, name="recompute"),
    path("air/stations/<int:station_id>", stations.station, name="station"),
    path("air/stations/<int:station_id>/days", stations.days, name="station_days"),
    path("environment/stations", stations.index, name="stations"),
]
