"""Addresses of the registers: economy."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
