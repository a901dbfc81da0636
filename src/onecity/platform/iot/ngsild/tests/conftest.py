"""A broker for each test."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from onecity.platform.iot.ngsild.tests.asking import Broker


def database_url() -> str:
    """Return the address of the test's database."""
    facts = connection.settings_dict
    return (
        f"postgresql://{facts['USER']}:{quote(facts['PASSWORD'])}@/{facts['NAME']}?host={quote(facts['HOST'], safe='')}"
    )


@pytest.fixture(autouse=True)
def _this_machine_may_be_reached(settings: Any) -> None:
    """Let notifications go to the tests' own receiver."""
    settings.ENV = replace(settings.ENV, ngsi_hosts=("127.0.0.1",))


@pytest.fixture
def broker(db: None) -> Iterator[Broker]:
    """The interface on the test's database; what a test writes is taken back."""
    found = Broker(database_url())
    yield found
    found.close()
