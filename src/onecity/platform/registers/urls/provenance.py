"""Addresses of the registers: provenance."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
