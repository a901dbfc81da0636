"""Addresses of the registers: entities."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
