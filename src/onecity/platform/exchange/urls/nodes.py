"""Addresses of exchange: nodes."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
