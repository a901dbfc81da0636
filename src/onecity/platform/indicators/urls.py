"""Addresses of indicators."""

from django.urls import path

from onecity.platform.indicators import views

app_name = "indicators"
urlpatterns = [
    path("indicators", views.index, name="list"),
    path("indicators/<str:code>", views.page, name="page"),
]
