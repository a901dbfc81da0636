"""Small filters of the case pages."""

from django import template

register = template.Library()


@register.filter
def share(value: float) -> str:
    """Show a share in percent."""
    return f"{value:.0%}"


@register.filter
def exact(value: float) -> str:
    """Show a number for machines."""
    return f"{value:.4f}"
