"""Addresses of the citizens' portal."""

from django.urls import path

from onecity.portals.citizen import views

app_name = "citizen"
urlpatterns = [path("", views.home, name="home")]
