"""Types by staff: drafted, published for good, superseded; devices follow or keep; products lie over types."""

import pytest

from onecity.kernel.actor import system_actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.platform.identity.tests.factories import audited, make_organisation
from onecity.platform.iot.contracts.types import ProductFacts
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Device, Product, TypeEdition
from onecity.platform.iot.registries import device_types, forget_types, type_of
from onecity.platform.iot.rules.type_documents import BadDocument, to_common_shape
from onecity.platform.iot.services.devices import NewDevice, register_device
from onecity.platform.iot.services.directory import Directory
from onecity.platform.iot.services.types import (
    NotADraftType,
    ProductExists,
    TypeCodeTaken,
    change_product,
    create_product,
    discard_type,
    draft_type,
    edit_type,
    issue_product_secret,
    move_devices,
    next_edition,
    publish_type,
)
from onecity.platform.iot.tests.devices.documents import METER
from onecity.platform.iot.tests.factories import NOW, make_device

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")


def published(code: str = "city.meter", content: dict[str, object] | None = None) -> int:
    number = draft_type(SYSTEM, code=code, content=content or METER, now=NOW)
    publish_type(SYSTEM, edition_id=number, keep_devices=False, now=NOW)
    return number


def meter_of(edition_name: str = "水表二版", *, keep: bool) -> None:
    number = next_edition(SYSTEM, code="city.meter", now=NOW)
    edit_type(SYSTEM, edition_id=number, content={**METER, "name": edition_name, "silent_after_s": 60}, note="改名")
    publish_type(SYSTEM, edition_id=number, keep_devices=keep, now=NOW)


def test_published_type_stands_beside_declared_ones() -> None:
    published()
    kind = device_types()["city.meter"]
    assert (kind.name, kind.edition, "gauge.air" in device_types()) == ("智能水表", 1, True)
    assert [item.code for item in device_types()] == sorted(item.code for item in device_types())
    assert register_device(
        SYSTEM, new=NewDevice("M1", "表", "city.meter", Protocol.MQTT, make_organisation().id), now=NOW
    )


def test_draft_is_no_type_yet() -> None:
    draft_type(SYSTEM, code="city.meter", content=METER, now=NOW)
    forget_types()
    assert device_types().get("city.meter") is None


@pytest.mark.parametrize("code", ["meter", "City.meter", "city meter", "gauge.own", "iot.own", "a." + "b" * 80])
def test_code_that_is_none_or_a_modules_is_refused(code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        draft_type(SYSTEM, code=code, content=METER, now=NOW)
    assert list(refusal.value.fields) == ["code"]


def test_code_is_taken_once() -> None:
    draft_type(SYSTEM, code="city.meter", content=METER, now=NOW)
    with pytest.raises(TypeCodeTaken):
        draft_type(SYSTEM, code="city.meter", content=METER, now=NOW)


def test_draft_may_be_wrong_and_is_not_published_then() -> None:
    number = draft_type(SYSTEM, code="city.meter", content={"name": "表", "properties": [{}]}, now=NOW)
    with pytest.raises(BadDocument) as refusal:
        publish_type(SYSTEM, edition_id=number, keep_devices=False, now=NOW)
    assert "properties.0.code" in refusal.value.fields
    assert TypeEdition.objects.get().state == "draft"


def test_published_edition_never_changes() -> None:
    number = published()
    for act in (
        lambda: edit_type(SYSTEM, edition_id=number, content=METER),
        lambda: discard_type(SYSTEM, edition_id=number),
        lambda: publish_type(SYSTEM, edition_id=number, keep_devices=False, now=NOW),
    ):
        with pytest.raises(NotADraftType):
            act()


def test_one_draft_at_a_time_and_it_can_be_thrown_away() -> None:
    published()
    number = next_edition(SYSTEM, code="city.meter", now=NOW)
    with pytest.raises(Conflict):
        next_edition(SYSTEM, code="city.meter", now=NOW)
    discard_type(SYSTEM, edition_id=number)
    assert TypeEdition.objects.count() == 1
    with pytest.raises(NotFound):
        next_edition(SYSTEM, code="city.none", now=NOW)


def test_devices_follow_the_edition_in_force() -> None:
    published()
    device = make_device("M1", type_code="city.meter", protocol=Protocol.MQTT)
    meter_of(keep=False)
    assert Device.objects.get(id=device.id).type_edition is None
    assert device_types()["city.meter"].edition == 2
    assert TypeEdition.objects.get(edition=1).state == "superseded"


def test_devices_keep_their_edition_until_they_are_moved() -> None:
    published()
    device = make_device("M1", type_code="city.meter", protocol=Protocol.MQTT)
    meter_of(keep=True)
    assert Device.objects.get(id=device.id).type_edition == 1
    kept = type_of("city.meter", edition=1)
    assert (kept.name if kept else "", device_types()["city.meter"].name) == ("智能水表", "水表二版")
    assert Directory().find("M1").type == kept  # type: ignore[union-attr]  # it is registered
    with pytest.raises(Invalid):
        move_devices(SYSTEM, code="city.meter", edition=1, to=7)
    assert move_devices(SYSTEM, code="city.meter", edition=1, to=None) == 1
    assert Directory().find("M1").silent_after_s == 60  # type: ignore[union-attr]  # it is registered


def test_edition_that_nobody_published_falls_back_to_the_one_in_force() -> None:
    published()
    found = type_of("city.meter", edition=9)
    assert found is not None
    assert found.edition == 1
    assert type_of("city.none", edition=1) is None


def test_common_shape_becomes_a_draft_of_our_own() -> None:
    shape = to_common_shape(type_of("gauge.air"))  # type: ignore[arg-type]  # declared
    number = draft_type(SYSTEM, code="city.air", content=shape, now=NOW)
    publish_type(SYSTEM, edition_id=number, keep_devices=False, now=NOW)
    assert [item.code for item in device_types()["city.air"].properties] == ["pm2_5", "co", "humidity"]


def test_every_step_is_on_record() -> None:
    number = published()
    actions = [action for action, _ in audited(f"iot.typeedition:{number}")]
    assert actions == ["iot.draft_type", "iot.publish_type"]


def facts(**changes: object) -> ProductFacts:
    plain = {
        "name": "空气站一型",
        "maker": "甲厂",
        "model": "A-1",
        "type_code": "gauge.air",
        "protocol": Protocol.MQTT,
        "organisation_id": make_organisation().id,
        "mapping": {"pm": {"property": "pm2_5", "scale": 1000}},
    }
    return ProductFacts(**{**plain, **changes})  # type: ignore[arg-type]  # named fields only


def test_products_of_two_makers_map_onto_one_type() -> None:
    first = create_product(SYSTEM, facts=facts(), now=NOW)
    second = create_product(SYSTEM, facts=facts(maker="乙厂", mapping={"dust": {"property": "pm2_5"}}), now=NOW)
    codes = dict(Product.objects.values_list("id", "code"))
    for key, product in (("D1", first), ("D2", second)):
        register_device(
            SYSTEM,
            new=NewDevice(key, "站", "gauge.air", Protocol.MQTT, make_organisation().id, product_code=codes[product]),
            now=NOW,
        )
    directory = Directory()
    one, other = directory.find("D1"), directory.find("D2")
    assert one is not None
    assert other is not None
    assert (one.fields["pm"].property_code, other.fields["dust"].property_code) == ("pm2_5", "pm2_5")
    assert (one.ratio("pm", ""), other.ratio("dust", "")) == ((1000.0, 1.0), (1.0, 1.0))


def test_model_of_a_maker_is_entered_once() -> None:
    create_product(SYSTEM, facts=facts(), now=NOW)
    with pytest.raises(ProductExists):
        create_product(SYSTEM, facts=facts(), now=NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"maker": ""}, "maker"),
        ({"model": "长" * 81}, "model"),
        ({"type_code": "gauge.none", "mapping": {}}, "type_code"),
        ({"division_code": "22"}, "division_code"),
        ({"admission": "maybe"}, "admission"),
        ({"mapping": {"x": 1}}, "mapping"),
        ({"mapping": {"x": {"property": "none"}}}, "mapping"),
        ({"mapping": {"": {"property": "co"}}}, "mapping"),
    ],
)
def test_product_with_a_fault_is_refused(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create_product(SYSTEM, facts=facts(**changes), now=NOW)
    assert list(refusal.value.fields) == [field]


def test_product_with_devices_keeps_its_type() -> None:
    number = create_product(SYSTEM, facts=facts(), now=NOW)
    change_product(SYSTEM, product_id=number, facts=facts(name="新名"))
    Device.objects.filter(id=make_device(protocol=Protocol.MQTT).id).update(product_id=number)
    with pytest.raises(Invalid) as refusal:
        change_product(SYSTEM, product_id=number, facts=facts(type_code="gauge.meter", mapping={}))
    assert list(refusal.value.fields) == ["type_code"]
    assert Product.objects.get().name == "新名"


def test_product_secret_is_stored_as_digest_only() -> None:
    number = create_product(SYSTEM, facts=facts(), now=NOW)
    secret = issue_product_secret(SYSTEM, product_id=number)
    row = Product.objects.get()
    assert secret not in (row.secret_digest, row.secret_prefix)
    assert secret.startswith(row.secret_prefix)
    with pytest.raises(NotFound):
        issue_product_secret(SYSTEM, product_id=number + 1)
