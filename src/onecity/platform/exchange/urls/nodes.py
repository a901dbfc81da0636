"""Addresses of exchange: nodes."""

from django.urls import path

from onecity.platform.exchange.views import nodes

urlpatterns = [
    path("exchange/nodes", nodes.nodes, name="nodes"),
    path("exchange/nodes/new", nodes.new, name="new_node"),
    path("exchange/nodes/authority", nodes.authority, name="node_authority"),
    path("exchange/nodes/at/<slug:code>", nodes.node, name="node"),
    path("exchange/nodes/at/<slug:code>/certificate", nodes.certificate, name="node_certificate"),
    path("exchange/nodes/at/<slug:code>/renew", nodes.renew, name="renew_node"),
    path("exchange/nodes/at/<slug:code>/revoke", nodes.revoke, name="revoke_node"),
]
