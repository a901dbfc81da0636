"""Addresses of the registers: matching."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
