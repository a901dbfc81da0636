"""Addresses of exchange: flows."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
