"""Addresses of what arrives and cannot be taken, and of gateways."""

from django.urls import path

from onecity.platform.iot.views import quarantine, strangers

urlpatterns = [
    path("iot/unknown", strangers.index, name="unknown"),
    path("iot/unknown/<int:unknown_id>/ignore", strangers.ignore, name="ignore_unknown"),
    path("iot/quarantine", quarantine.index, name="quarantine"),
    path("iot/quarantine/replay", quarantine.again_all, name="replay_all"),
    path("iot/quarantine/<int:message_id>", quarantine.page, name="quarantined"),
    path("iot/quarantine/<int:message_id>/mend", quarantine.correct, name="mend"),
    path("iot/quarantine/<int:message_id>/replay", quarantine.again, name="replay"),
    path("iot/quarantine/<int:message_id>/discard", quarantine.discard, name="discard_message"),
    path("iot/gateways", strangers.gateway_states, name="gateways"),
]
