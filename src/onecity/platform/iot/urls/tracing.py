"""Addresses of raw traces."""

from django.urls import path

from onecity.platform.iot.views import tracing

urlpatterns = [
    path("iot/devices/<int:device_id>/trace", tracing.page, name="trace"),
    path("iot/devices/<int:device_id>/trace/start", tracing.start, name="start_trace"),
    path("iot/devices/<int:device_id>/trace/stop", tracing.stop, name="stop_trace"),
    path("iot/devices/<int:device_id>/trace/download", tracing.download, name="download_trace"),
]
