"""The smallest valid entries of the catalogue."""

from datetime import datetime
from itertools import count

from onecity.kernel.actor import Actor
from onecity.platform.exchange.contracts.catalogue import FieldText, VersionText
from onecity.platform.exchange.models import Dataset
from onecity.platform.exchange.permissions import COMPILE_CATALOGUE, REVIEW_CATALOGUE, VIEW_CATALOGUE
from onecity.platform.exchange.services.catalogue.compiling import new_dataset
from onecity.platform.exchange.services.catalogue.reviewing import publish, submit
from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation

DIVISION = "220100"
_numbers = count(1)
FIELDS = (
    FieldText("number", "编号", is_key=True, nullable=False, sensitivity="public", is_open=True),
    FieldText("opened_on", "日期", "date", sensitivity="public", is_open=True),
    FieldText("phone", "联系电话", sensitivity="sensitive", mask="masked_mobile"),
)


def provider(name: str = "民政局") -> Organisation:
    """Make a body that provides data."""
    return make_organisation(name, division=DIVISION)


def compiler(organisation: Organisation) -> Actor:
    """Make somebody who compiles for a body."""
    return make_actor(VIEW_CATALOGUE, COMPILE_CATALOGUE, organisation=organisation)


def reviewer() -> Actor:
    """Make somebody who reviews for the whole city."""
    return make_actor(VIEW_CATALOGUE, REVIEW_CATALOGUE, everywhere=True)


def text(**changes: object) -> VersionText:
    """Return a whole text."""
    said: dict[str, object] = {
        "title": f"养老机构名录{next(_numbers)}",
        "abstract": "全市登记的养老机构名称、地址、床位数和联系方式。",
        "class_code": "303",
        "sharing_type": "unconditional",
        "update_cycle": "monthly",
    }
    return VersionText(**{**said, **changes})  # type: ignore[arg-type]  # names are checked by the tests that use them


def drafted(
    organisation: Organisation,
    actor: Actor,
    *,
    now: datetime,
    fields: tuple[FieldText, ...] = FIELDS,
    **changes: object,
) -> Dataset:
    """Make an entry with a draft."""
    code = new_dataset(actor, organisation_id=organisation.id, text=text(**changes), fields=fields, now=now)
    return Dataset.objects.get(code=code)


def published(
    organisation: Organisation, *, now: datetime, fields: tuple[FieldText, ...] = FIELDS, **changes: object
) -> Dataset:
    """Make an entry and publish it."""
    entry = drafted(organisation, compiler(organisation), now=now, fields=fields, **changes)
    submit(compiler(organisation), code=entry.code, now=now)
    publish(reviewer(), code=entry.code, now=now)
    entry.refresh_from_db()
    return entry
