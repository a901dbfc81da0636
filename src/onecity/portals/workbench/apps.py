"""The workbench portal's place among Django's applications."""

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    """The staff's side: what waits for me, and everything I may open."""

    name = "onecity.portals.workbench"
    label = "workbench"
    verbose_name = "工作台"
