"""Addresses of environment."""

from django.urls import path

from onecity.domains.environment.views import cards, city, limits, method, stations
from onecity.domains.environment.views.noise import stations as noise
from onecity.domains.environment.views.outlets import enterprises, excesses, outlets
from onecity.domains.environment.views.water import city as water
from onecity.domains.environment.views.water import importing, sections

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
    path("water", water.water, name="water"),
    path("water/card", water.card, name="water_card"),
    path("water/sections", sections.index, name="water_sections"),
    path("water/sections/<int:section_id>", sections.section, name="water_section"),
    path("water/sections/<int:section_id>/change", sections.change, name="change_section"),
    path("water/import", importing.take, name="import_water"),
    path("noise", noise.noise, name="noise"),
    path("noise/stations/<int:station_id>", noise.station, name="noise_station"),
    path("noise/stations/<int:station_id>/change", noise.change, name="change_noise_station"),
    path("environment/noise", noise.index, name="noise_stations"),
    path("environment/limits", limits.index, name="limits"),
    path("environment/limits/water", limits.add_water, name="add_water_limit"),
    path("environment/limits/noise", limits.add_noise, name="add_noise_limit"),
    path("environment/enterprises", enterprises.index, name="enterprises"),
    path("environment/enterprises/new", enterprises.new, name="new_enterprise"),
    path("environment/enterprises/<int:enterprise_id>", enterprises.show, name="enterprise"),
    path("environment/enterprises/<int:enterprise_id>/outlets/new", enterprises.new_outlet, name="new_outlet"),
    path("environment/outlets/<int:outlet_id>", outlets.show, name="outlet"),
    path("environment/outlets/<int:outlet_id>/limits/new", outlets.new_limit, name="new_limit"),
    path("environment/outlets/<int:outlet_id>/standstills/new", outlets.new_standstill, name="new_standstill"),
    path("environment/excesses", excesses.index, name="excesses"),
    path("environment/excesses/card", excesses.card, name="excess_card"),
    path("environment/excesses/<int:excess_id>", excesses.show, name="excess"),
    path("environment/transmission", excesses.transmission, name="transmission"),
]
