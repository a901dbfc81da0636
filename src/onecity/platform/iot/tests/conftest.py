"""A small module of devices for iot's tests, declared like any other and taken back afterwards."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.test import Client

from onecity.kernel import clock, registry
from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation
from onecity.platform.iot import permissions, registries
from onecity.platform.iot.services.store import recording
from onecity.platform.iot.tests.factories import GAUGES
from onecity.platform.iot.tests.visiting import client_of

ALL = tuple(value for name, value in vars(permissions).items() if name.isupper())


@pytest.fixture(autouse=True)
def _gauges() -> Iterator[None]:
    """Let every test of iot know the types of `factories.GAUGES`."""
    caches = (registries.declared_rules, registries.watched)
    registry.declare(GAUGES)
    for cache in caches:
        cache.cache_clear()
    registries.forget_all()
    yield
    registry._domains.pop(GAUGES.code)
    for cache in caches:
        cache.cache_clear()
    registries.forget_all()


@pytest.fixture(autouse=True)
def _new_store() -> None:
    """Let this thread's store know nothing of the tests before."""
    recording._own.__dict__.clear()


@pytest.fixture
def organisation() -> Organisation:
    """The office whose devices the tests look at."""
    return make_organisation("环境监测中心")


@pytest.fixture
def staff(organisation: Organisation) -> Client:
    """Somebody with all of iot's rights in his office."""
    return client_of(make_actor(*ALL, organisation=organisation))


@pytest.fixture
def everywhere() -> Client:
    """Somebody with all of iot's rights in the whole city."""
    return client_of(make_actor(*ALL, everywhere=True))


@pytest.fixture
def today() -> datetime:
    """Now, to the second."""
    return clock.real_now().replace(microsecond=0)
