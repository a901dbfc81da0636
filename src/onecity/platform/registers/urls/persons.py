"""Addresses of the registers: persons."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
