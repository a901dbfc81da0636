"""What the upload and gallery components need to know."""

from django import template

from onecity.platform.documents.rules.kinds import KINDS, PICTURES, endings
from onecity.platform.documents.services.intake import limits

register = template.Library()


@register.simple_tag
def accepted(pictures_only: object) -> str:
    """Return the `accept` attribute of a file field."""
    return ",".join(f".{ending}" for kind in (PICTURES if pictures_only else KINDS) for ending in kind.endings)


@register.simple_tag
def accepted_endings(pictures_only: object) -> str:
    """Return the kinds of file as people read them."""
    return endings(PICTURES if pictures_only else KINDS)


@register.simple_tag
def largest_mb() -> int:
    """Return how large one file may be, in MB."""
    return limits().largest_bytes // (1024 * 1024)


@register.simple_tag
def most_files() -> int:
    """Return how many files are taken in one go."""
    return limits().most_files
