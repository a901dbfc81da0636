"""Addresses of exchange: sharing."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
