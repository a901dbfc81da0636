"""Addresses of the cockpit."""

from django.urls import path

from onecity.portals.cockpit import views

app_name = "cockpit"
urlpatterns = [path("cockpit", views.home, name="home")]
