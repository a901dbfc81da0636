"""The classification, code lists, licences, and the rules in force."""

from collections.abc import Mapping
from datetime import datetime

from onecity.kernel.clock import city_date
from onecity.kernel.errors import Unavailable
from onecity.kernel.text import zh
from onecity.platform.exchange.models import CatalogueClass, CatalogueRule, CodeList, CodeValue, Licence
from onecity.platform.exchange.rules.resource_codes import LENGTHS


class NoCatalogueRule(Unavailable):
    """The city has not laid down how its catalogue is compiled."""

    code = "exchange.no_catalogue_rule"
    message = zh("还没有设置目录编制规则，请联系数据主管部门")


def rule_at(now: datetime) -> CatalogueRule:
    """Return the rule in force on the city's day. Raises: NoCatalogueRule."""
    day = city_date(now)
    found = CatalogueRule.objects.filter(valid_from__lte=day).order_by("-valid_from").first()
    if found is None:
        raise NoCatalogueRule
    return found


def class_names() -> dict[str, str]:
    """Return the name of every class by its code; a city has some hundreds."""
    return dict(CatalogueClass.objects.values_list("code", "name"))


def class_path(code: str, *, names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return (code, name) of a class and those above it, from 类 down; unknown ones are left out."""
    above = [code[:size] for size in LENGTHS.values() if size < len(code)]
    return tuple((part, names[part]) for part in [*above, code] if part in names)


def class_choices() -> list[tuple[str, str]]:
    """Return the classes in use as (code, code and name), in the order of the tree."""
    rows = CatalogueClass.objects.filter(is_active=True).order_by("code")
    return [(row.code, f"{row.code} {row.name}") for row in rows]


def licences() -> list[Licence]:
    """Return the licences, the default first."""
    return list(Licence.objects.order_by("-is_default", "code"))


def code_lists() -> list[CodeList]:
    """Return the code lists by name."""
    return list(CodeList.objects.order_by("name"))


def code_list_values() -> dict[str, frozenset[str]]:
    """Return the values of every code list by its code."""
    found: dict[str, set[str]] = {}
    for code, value in CodeValue.objects.values_list("code_list__code", "value"):
        found.setdefault(code, set()).add(value)
    return {code: frozenset(values) for code, values in found.items()}
