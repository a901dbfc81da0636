"""Addresses of jobs."""

from django.urls import path

from onecity.platform.jobs import views

app_name = "jobs"
urlpatterns = [
    path("jobs", views.runs, name="runs"),
    path("jobs/<int:run_id>", views.run, name="run"),
    path("jobs/<int:run_id>/progress", views.progress, name="progress"),
    path("jobs/<int:run_id>/cancel", views.cancel, name="cancel"),
    path("jobs/<int:run_id>/again", views.again, name="again"),
]
