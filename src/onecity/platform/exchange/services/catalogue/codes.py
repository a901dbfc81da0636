"""Allotting codes: the resource's by its class, the identifier by its provider."""

from datetime import datetime

from django.db.models import Max

from onecity.platform.exchange.models import Dataset, ProviderCode, ResourceSerial
from onecity.platform.exchange.rules.resource_codes import compose, front_code
from onecity.platform.exchange.selectors.catalogue.classes import rule_at
from onecity.platform.identity import api as identity


def allot(dataset: Dataset, *, class_code: str, now: datetime) -> None:
    """Give an entry its resource code and identifier, for ever; the caller saves, inside a transaction.

    The serial's row is locked, so that no number is given twice; a provider without a front code gets the next one.
    Raises: NoCatalogueRule; BadProviderNumber for a provider of an unknown province.
    """
    rule = rule_at(now)
    ResourceSerial.objects.get_or_create(class_code=class_code)
    serial = ResourceSerial.objects.select_for_update().get(class_code=class_code)
    serial.last += 1
    serial.save()
    dataset.resource_code = compose(class_code, serial=serial.last, digits=rule.serial_digits, separator=rule.separator)
    provider = _provider(dataset.organisation_id, now=now)
    provider.last_back_code += 1
    provider.save()
    dataset.front_code, dataset.back_code = provider.front_code, f"{provider.last_back_code:06d}"


def _provider(organisation_id: int, *, now: datetime) -> ProviderCode:
    found = ProviderCode.objects.select_for_update().filter(organisation_id=organisation_id).first()
    if found is not None:
        return found
    rule = rule_at(now)
    province = rule.province_digits or identity.organisation(organisation_id).division_code[:2]
    prefix = f"{province}{rule.district_letter}"
    # The row of this serial stands for the numbers of all departments: whoever makes one holds it.
    ResourceSerial.objects.get_or_create(class_code=f"front:{prefix}")
    serial = ResourceSerial.objects.select_for_update().get(class_code=f"front:{prefix}")
    given = ProviderCode.objects.filter(front_code__startswith=prefix).aggregate(last=Max("front_code"))["last"]
    serial.last = max(serial.last, int(given[3:]) if given else 0) + 1
    serial.save()
    code = front_code(province_digits=province, district_letter=rule.district_letter, department=serial.last)
    return ProviderCode.objects.create(organisation_id=organisation_id, front_code=code)
