"""Addresses of exchange."""

from onecity.platform.exchange.urls import catalogue, flows, nodes, sharing

app_name = "exchange"
urlpatterns = [*catalogue.urlpatterns, *sharing.urlpatterns, *flows.urlpatterns, *nodes.urlpatterns]
