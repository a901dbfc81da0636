"""Addresses of the registers: matching."""

from django.urls import path

from onecity.platform.registers.views import matching

urlpatterns = [
    path("registers/pairs", matching.pairs, name="pairs"),
    path("registers/pairs/<int:pair_id>", matching.pair, name="pair"),
    path("registers/matching", matching.runs, name="match_runs"),
    path("registers/matching/deliver", matching.delivery, name="match_delivery"),
    path("registers/matching/doubles", matching.search_doubles, name="search_doubles"),
    path("registers/matching/addresses", matching.match_addresses, name="match_addresses"),
    path("registers/matching/models", matching.models, name="match_models"),
    path("registers/matching/models/<int:number>/publish", matching.publish, name="publish_match_model"),
    path("registers/merges/<int:merge_id>/undo", matching.undo, name="undo_merge"),
]
