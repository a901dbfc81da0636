"""Addresses of the registers: places."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
