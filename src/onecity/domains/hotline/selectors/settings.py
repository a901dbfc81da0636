"""What the city has set: centres, duties, topics, reasons."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models.functions import Length
from django.utils.translation import get_language

from onecity.domains.hotline.models import Centre, RefusalReason, Topic, TopicDuty
from onecity.domains.hotline.rules.words import topic_path


@dataclass(frozen=True, slots=True)
class TopicGroup:
    """A big class with its topics, as (code, name) pairs."""

    name: str
    choices: Sequence[tuple[str, str]]


def centre_of(division_code: str) -> Centre | None:
    """Return who owns the demands of a place: the row of the smallest division around it; without a place the first."""
    around = [division_code[:size] for size in range(len(division_code), 1, -1)]
    rows = Centre.objects.filter(division_code__in=around).annotate(size=Length("division_code"))
    found = rows.order_by("-size").first()
    return found if found or division_code else Centre.objects.order_by("id").first()


def department_of(topic_code: str, *, division_code: str = "") -> int | None:
    """Return who handles a topic at a place: the nearest class goes first, then the smallest division."""
    wanted = topic_path(topic_code)
    around = [division_code[:size] for size in range(len(division_code), -1, -1)]
    rows = TopicDuty.objects.filter(topic_code__in=wanted, division_code__in=around)
    ranked = sorted(rows, key=lambda row: (wanted.index(row.topic_code), -len(row.division_code)))
    return ranked[0].organisation_id if ranked else None


def topic_names() -> dict[str, str]:
    """Return the names of all topics in the visitor's language."""
    english = (get_language() or "").startswith("en")
    rows = Topic.objects.order_by("code").values_list("code", "name", "name_en")
    return {code: (name_en or name) if english else name for code, name, name_en in rows}


def topic_groups() -> list[TopicGroup]:
    """Return the topics in use, by big class."""
    names = topic_names()
    groups: dict[str, list[tuple[str, str]]] = {}
    for code in Topic.objects.filter(is_active=True).order_by("code").values_list("code", flat=True):
        groups.setdefault(f"{code[:2]}0000", []).append((code, names[code]))
    return [TopicGroup(names.get(code, code), choices) for code, choices in groups.items()]


def script_of(topic_code: str) -> str:
    """Return what to ask about a topic: its own script, else that of the class above; empty for none."""
    rows = dict(Topic.objects.filter(code__in=topic_path(topic_code)).exclude(script="").values_list("code", "script"))
    return next((rows[code] for code in topic_path(topic_code) if code in rows), "")


def is_topic(code: str) -> bool:
    """Say whether demands may be put under a topic."""
    return Topic.objects.filter(code=code, is_active=True).exists()


def refusal_reasons() -> list[tuple[str, str]]:
    """Return the reasons in use, as (code, name) pairs in the visitor's language."""
    english = (get_language() or "").startswith("en")
    rows = RefusalReason.objects.filter(is_active=True).order_by("code")
    return [(row.code, (row.name_en or row.name) if english else row.name) for row in rows]


def reason(code: str) -> RefusalReason | None:
    """Return a reason in use."""
    return RefusalReason.objects.filter(code=code, is_active=True).first()
