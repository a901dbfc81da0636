"""Addresses of digital urban management."""

from django.urls import path

from onecity.domains.urban_management.views import (
    citizen,
    desk,
    evaluation,
    field,
    patrol,
    settings,
    standards,
    supervision,
    weights,
)

app_name = "urban_management"
urlpatterns = [
    path("report", citizen.report, name="report"),
    path("report/find", citizen.find, name="find"),
    path("report/<str:number>", citizen.report_page, name="followed"),
    path("report/<str:number>/rate", citizen.rate, name="rate"),
    path("field/", field.app, name="field"),
    path("field/worker.js", field.worker, name="field_worker"),
    path("field/state", field.state, name="field_state"),
    path("field/submissions", field.submissions, name="field_submissions"),
    path("field/positions", field.positions, name="field_positions"),
    path("patrol", patrol.home, name="patrol"),
    path("patrol/report", patrol.report, name="patrol_report"),
    path("patrol/<str:number>/<int:task_id>", patrol.check, name="check"),
    path("urban/desk", desk.desk, name="desk"),
    path("urban/desk/<str:number>", desk.file, name="file"),
    path("urban/desk/<str:number>/refuse", desk.refuse, name="refuse"),
    path("urban/desk/<str:number>/merge", desk.merge, name="merge"),
    path("urban/cases/<str:number>/panel", desk.panel, name="panel"),
    path("urban/cases/<str:number>/dispatch", desk.dispatch, name="dispatch"),
    path("urban/supervision", supervision.supervision, name="supervision"),
    path("urban/duties", settings.duties, name="duties"),
    path("urban/duties/<int:duty_id>/remove", settings.remove_duty, name="remove_duty"),
    path("urban/evaluations", evaluation.evaluations, name="evaluations"),
    path("urban/evaluations/weights", weights.weights, name="weights"),
    path("urban/evaluations/<int:run_id>", evaluation.standings, name="standings"),
    path("urban/evaluations/<int:run_id>/report.pdf", evaluation.report, name="evaluation_report"),
    path("urban/evaluations/<int:run_id>/<int:result_id>/<str:code>", evaluation.counted, name="counted"),
    path("urban/standards", standards.standard_list, name="standards"),
    path("urban/standards/repeats", standards.repeat_rule, name="repeat_rule"),
    path("urban/standards/<int:edition_id>", standards.standard, name="standard"),
    path("urban/standards/<int:edition_id>/line", standards.set_line, name="set_line"),
    path("urban/standards/<int:edition_id>/remove", standards.remove_line, name="remove_line"),
    path("urban/standards/<int:edition_id>/drop", standards.drop, name="drop_standard"),
    path("urban/standards/<int:edition_id>/publish", standards.publish, name="publish_standard"),
    path("urban/alarm-classes", settings.alarm_classes, name="alarm_classes"),
]
