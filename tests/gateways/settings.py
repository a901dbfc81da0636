"""Settings for one test."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.conf import settings
from django.test import override_settings


@contextmanager
def environment(**changes: object) -> Iterator[None]:
    """Change settings of the environment for a while."""
    with override_settings(ENV=replace(settings.ENV, **changes)):
        yield
