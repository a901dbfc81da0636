"""Addresses of the demonstration."""

from django.urls import path

from onecity.demo import views

app_name = "demo"
urlpatterns = [
    path("demo/time", views.city_time, name="time"),
    path("demo/time/speed", views.change_speed, name="speed"),
    path("demo/time/forward", views.go_forward, name="forward"),
]
