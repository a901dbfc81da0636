"""Addresses of the history's pages."""

from django.urls import path

from onecity.platform.iot.views import explorer, retention

urlpatterns = [
    path("iot/explorer", explorer.page, name="explorer"),
    path("iot/explorer/streams", explorer.streams, name="explorer_streams"),
    path("iot/explorer/views", explorer.keep, name="save_view"),
    path("iot/explorer/views/<int:view_id>/delete", explorer.forget, name="delete_view"),
    path("iot/explorer/export", explorer.export, name="export_history"),
    path("iot/explorer/exports/<int:export_id>/file", explorer.download, name="export_file"),
    path("iot/retention", retention.page, name="retention"),
]
