"""Small tags that every template knows: icons, translated names, times, other pages of the same list."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django import template
from django.http import QueryDict
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

register = template.Library()


@register.simple_tag
def icon(name: str, title: str = "") -> SafeString:
    """Draw an icon of the sprite; with `title` it is announced, without it is decoration."""
    source = static("vendor/icons.svg")
    if title:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>', title, source, name
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', source, name)


@register.filter
def tr(text: object) -> str:
    """Translate a declared Chinese name into the visitor's language."""
    return gettext(str(text)) if text else ""


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """Show an instant in the city's zone, to the minute, with the exact instant for machines."""
    if value is None:
        return "—"
    local = timezone.localtime(value)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), local.strftime("%Y-%m-%d %H:%M"))


@register.filter
def span(value: timedelta | None) -> str:
    """Show a duration in words: days and hours, hours and minutes, or minutes."""
    if value is None:
        return "—"
    minutes = int(abs(value.total_seconds()) // 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return gettext("%(days)d天%(hours)d小时") % {"days": days, "hours": hours}
    if hours:
        return gettext("%(hours)d小时%(minutes)d分") % {"hours": hours, "minutes": minutes % 60}
    return ngettext("%(minutes)d分钟", "%(minutes)d分钟", minutes) % {"minutes": minutes}


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: object) -> str:
    """Return the page's query string with some parameters replaced; an empty value takes one out."""
    query: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        if value in {"", None}:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def given(values: Mapping[str, str], name: str) -> str:
    """Return the value of `name`, or an empty text."""
    return values.get(name, "")


@register.filter
def plain(value: object) -> object:
    """Show a plain value of a table: instants as such, words translated, nothing as a dash."""
    if value is None or value == "":
        return "—"
    if isinstance(value, datetime):
        return moment(value)
    return gettext(value) if isinstance(value, str) else value
