"""Addresses of emergency management."""

from django.urls import path

from onecity.domains.emergency.views import deeds, duty, incidents

app_name = "emergency"
urlpatterns = [
    path("emergency", duty.desk, name="desk"),
    path("emergency/duty", duty.duty, name="duty"),
    path("emergency/duty/log", duty.log, name="log"),
    path("emergency/rules", duty.rules, name="rules"),
    path("emergency/incidents", incidents.incidents, name="incidents"),
    path("emergency/incidents/new", incidents.take, name="take"),
    path("emergency/incidents/id/<int:incident_id>", incidents.incident_by_id, name="incident_by_id"),
    path("emergency/incidents/<str:number>", incidents.incident, name="incident"),
    path("emergency/incidents/<str:number>/deed", deeds.deed, name="deed"),
    path("emergency/incidents/<str:number>/report", deeds.report, name="report"),
    path("emergency/incidents/<str:number>/grade", deeds.propose, name="propose"),
]
