"""One database for all tests of a module: each has an organisation of its own and sees nothing of the others."""

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.management import call_command
from django.test import TransactionTestCase

from onecity.platform.iot.sensorthings.hot import stop_office


@pytest.fixture(scope="module", autouse=True)
def _city(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Empty the database once, when the module's tests are done: emptying it takes seconds."""
    with django_db_blocker.unblock():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: None)
            yield
        async_to_sync(stop_office)()
        call_command(
            "flush",
            verbosity=0,
            interactive=False,
            allow_cascade=True,
            reset_sequences=False,
            inhibit_post_migrate=True,
        )
