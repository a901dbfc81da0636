"""Addresses of lighting."""

from django.urls import path
from onecity.domains.lighting import views

app_name = "lighting"
urlpatterns = [path("lighting/lamps", views.index, name="lamps")]
