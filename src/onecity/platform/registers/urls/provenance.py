"""Addresses of the registers: provenance."""

from django.urls import URLPattern, path

from onecity.platform.registers.views import provenance

urlpatterns: list[URLPattern] = [
    path("registers/sources", provenance.rules, name="source_rules"),
    path("registers/sources/new", provenance.new_source, name="new_source"),
    path("registers/sources/<str:register>", provenance.register_rules, name="register_rules"),
    path("registers/sources/<str:register>/draft", provenance.draft, name="draft_rules"),
    path("registers/sources/<str:register>/<int:version_id>/ranks", provenance.ranks, name="source_ranks"),
    path("registers/sources/<str:register>/<int:version_id>/publish", provenance.publish, name="publish_rules"),
    path("registers/conflicts", provenance.conflicts, name="conflicts"),
    path("registers/conflicts/<str:number>/panel", provenance.panel, name="conflict_panel"),
]
