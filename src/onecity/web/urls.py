"""Addresses that belong to no module."""

from django.urls import path

from onecity.web import views

app_name = "web"
urlpatterns = [
    path("language", views.choose_language, name="language"),
    path("healthz", views.alive, name="alive"),
    path("readyz", views.ready, name="ready"),
    path("metrics", views.figures, name="metrics"),
]
