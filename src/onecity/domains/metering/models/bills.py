"""Bills of months. A bill is never changed: what turns out differently later is a further revision beside it."""

from django.db import models
from django.db.models import Q

from onecity.domains.metering.models.meters import Meter
from onecity.domains.metering.models.tariffs import Tariff


class Bill(models.Model):
    """One revision of a meter's bill for a month. The highest revision counts; is_current says which that is.

    used_before: usage of the stretch of the tiers before this month. lines: tiers and fees as computed: number or name,
    quantity, price, amount; texts. difference: amount less that of the revision before, the whole amount for the first.
    estimated: part of the usage is an estimate.
    """

    meter = models.ForeignKey(Meter, verbose_name="计量表", on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField("账期")
    revision = models.PositiveSmallIntegerField("版次")
    is_current = models.BooleanField("有效", default=True)
    tariff = models.ForeignKey(Tariff, verbose_name="价格版本", on_delete=models.PROTECT, related_name="+")
    usage = models.DecimalField("用量", max_digits=15, decimal_places=3)
    used_before = models.DecimalField("此前累计用量", max_digits=15, decimal_places=3)
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2)
    difference = models.DecimalField("差额", max_digits=14, decimal_places=2)
    lines = models.JSONField("明细")
    estimated = models.BooleanField("含估算", default=False)
    reason = models.CharField("出账原因", max_length=80)
    organisation_id = models.BigIntegerField("所属机构")
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    created_at = models.DateTimeField("出账时间")

    class Meta:
        """Read newest first within a scope, by meter and month; one current revision each."""

        verbose_name = "账单"
        constraints = [
            models.UniqueConstraint(fields=["meter", "month", "revision"], name="metering_bill_once"),
            models.UniqueConstraint(
                fields=["meter", "month"], condition=Q(is_current=True), name="metering_bill_current"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="metering_bill_keyset"),
            models.Index(fields=["month"], name="metering_bill_month"),
        ]

    def __str__(self) -> str:
        return f"{self.meter_id} {self.month:%Y-%m} #{self.revision}"
