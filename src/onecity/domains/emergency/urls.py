"""Addresses of emergency management."""

from django.urls import path

from onecity.domains.emergency.views import deeds, duty, incidents, plans, responses

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
    path("emergency/incidents/<str:number>/start", responses.start, name="start"),
    path("emergency/plans", plans.plans, name="plans"),
    path("emergency/plans/new", plans.new_plan, name="new_plan"),
    path("emergency/plans/<int:version_id>", plans.plan, name="plan"),
    path("emergency/plans/<int:version_id>/turn", plans.turn_plan, name="turn_plan"),
    path("emergency/responses", responses.responses, name="responses"),
    path("emergency/responses/<int:response_id>", responses.board, name="board"),
    path("emergency/responses/<int:response_id>/command", responses.command, name="command"),
    path("emergency/responses/<int:response_id>/tasks/<int:task_id>", responses.end_task, name="end_task"),
]
