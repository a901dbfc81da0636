"""Addresses of exchange: catalogue."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
