"""What sharing needs in the database before its first use; run after each migration, any number of times."""

from datetime import date
from typing import Final

from django.db import transaction

from onecity.kernel.text import zh
from onecity.platform.exchange.models import SharingParameter, UseHead
from onecity.platform.exchange.rules.sharing.chain import GENESIS
from onecity.platform.exchange.selectors.sharing.parameters import KINDS

FIRST_DAY: Final = date(2025, 8, 1)
"""The day on which 政务数据共享条例 came into force; the figures are the city's own until it sets others."""


def prepare_sharing() -> None:
    """Make sure of the chain's head and of the first day's figures."""
    with transaction.atomic():
        if not UseHead.objects.exists():
            UseHead.objects.create(number=0, digest=GENESIS, horizon=0)
        known = set(SharingParameter.objects.values_list("code", flat=True))
        SharingParameter.objects.bulk_create(
            SharingParameter(
                code=kind.code, value=kind.first, valid_from=FIRST_DAY, basis=zh("平台默认值，可由数据主管部门调整")
            )
            for kind in KINDS
            if kind.code not in known
        )
