"""The geo capability's place among Django's applications."""

from django.apps import AppConfig


class GeoConfig(AppConfig):
    """The one map: divisions, unit grids, streets, layers, tiles, open features."""

    name = "onecity.platform.geo"
    label = "geo"
    verbose_name = "一张图"
