"""Addresses of the workbench."""

from django.urls import path

from onecity.portals.workbench import views

app_name = "workbench"
urlpatterns = [path("workbench", views.home, name="home")]
