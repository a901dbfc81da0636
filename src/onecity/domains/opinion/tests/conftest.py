"""What tests of public opinion share: a small newsroom."""

from datetime import datetime

import pytest

from onecity.domains.opinion.services import learning
from onecity.domains.opinion.tests.factories import Newsroom, make_newsroom


@pytest.fixture
def room(db: None, now: datetime) -> Newsroom:
    """A city with an office that watches, a body that answers, and one source."""
    learning._loaded.clear()
    return make_newsroom(now)
