"""Addresses of the developers' portal."""

from django.urls import path

from onecity.portals.open import views

app_name = "open"
urlpatterns = [path("open", views.home, name="home")]
