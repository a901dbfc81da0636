"""Addresses of iot's pages: one file for each subject."""

from onecity.platform.iot.urls import alarms, arrivals, devices, history, life, linkage, subscriptions, tracing

app_name = "iot"
urlpatterns = [
    *devices.urlpatterns,
    *life.urlpatterns,
    *alarms.urlpatterns,
    *linkage.urlpatterns,
    *arrivals.urlpatterns,
    *tracing.urlpatterns,
    *history.urlpatterns,
    *subscriptions.urlpatterns,
]
