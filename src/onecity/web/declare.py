"""What modules declare so that they have their place on the portals."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Portal = Literal["cockpit", "workbench", "citizen", "enterprise", "open"]


@dataclass(frozen=True, slots=True)
class Menu:
    """An entry of a portal's menu.

    url_name: a Django url name without arguments. permission: who sees it; empty on public portals.
    group: Chinese heading under which it stands. icon: name in the icon sprite. order: smaller stands first.
    """

    code: str
    name: str
    url_name: str
    portal: Portal = "workbench"
    permission: str = ""
    group: str = ""
    icon: str = "point"
    order: int = 100


@dataclass(frozen=True, slots=True)
class HomeEntry:
    """A card on a portal's home page; `fragment` is the url name of an HTML fragment that fills it, when it has one."""

    code: str
    name: str
    description: str
    url_name: str
    portal: Portal
    permission: str = ""
    icon: str = "point"
    order: int = 100
    fragment: str = ""


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure for the monitoring, read when it asks: the city's, not one process's.

    code: becomes `onecity_` and the code with underscores. meaning: English, as Prometheus shows it. read: must answer
    within milliseconds however much there is.
    """

    code: str
    meaning: str
    read: Callable[[], float]
