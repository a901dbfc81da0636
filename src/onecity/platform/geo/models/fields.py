"""What several tables of the map share: the reference system, keys that are codes, the index for Chinese words."""

from typing import Final

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Cast

SRID: Final = 4326
"""WGS 84, longitude first. CGCS2000 (4490) is the same at metre level: see README, "Reference system"."""


def number_is_code(name: str) -> models.CheckConstraint:
    """Return the rule that a row's key is its official code read as a number; tiles and links need no second key."""
    return models.CheckConstraint(name=name, condition=Q(id=Cast("code", models.BigIntegerField())))


def word_index(*columns: str, name: str) -> GinIndex:
    """Return the index that finds words of two and more characters anywhere in `columns` (see `geo_bigrams`)."""
    return GinIndex(*(Func(F(column), function="geo_bigrams") for column in columns), name=name)
