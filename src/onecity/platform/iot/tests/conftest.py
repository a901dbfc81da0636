"""A small module of devices for iot's tests, declared like any other and taken back afterwards."""

from collections.abc import Iterator

import pytest

from onecity.kernel import registry
from onecity.platform.iot import registries
from onecity.platform.iot.services.store import recording
from onecity.platform.iot.tests.factories import GAUGES


@pytest.fixture(autouse=True)
def _gauges() -> Iterator[None]:
    """Let every test of iot know the types of `factories.GAUGES`."""
    caches = (registries.device_types, registries.declared_rules, registries.watched)
    registry.declare(GAUGES)
    for cache in caches:
        cache.cache_clear()
    yield
    registry._domains.pop(GAUGES.code)
    for cache in caches:
        cache.cache_clear()


@pytest.fixture(autouse=True)
def _new_store() -> None:
    """Let this thread's store know nothing of the tests before."""
    recording._own.__dict__.clear()
