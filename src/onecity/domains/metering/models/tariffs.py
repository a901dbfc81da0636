"""Prices: editions that hold from a day on, their tiers, and what is charged beside them."""

from django.db import models
from django.db.models import Q

from onecity.domains.metering.rules.codes import SUPPLY_NAMES


class Tariff(models.Model):
    """An edition of the price of one supply for one category of users. Published ones are never altered.

    accumulates: over which stretch tiers are filled. per_person: by how much each bound of a tier grows in that stretch
    for each person above `persons_from`.
    """

    class Accumulates(models.TextChoices):
        """Over which stretch usage fills the tiers."""

        YEAR = "year", "按年"
        MONTH = "month", "按月"

    supply = models.CharField("计量种类", max_length=12, choices=list(SUPPLY_NAMES.items()))
    category = models.CharField("用户类别", max_length=30)
    valid_from = models.DateField("生效日期")
    accumulates = models.CharField("阶梯周期", max_length=5, choices=Accumulates, default=Accumulates.YEAR)
    persons_from = models.PositiveSmallIntegerField("人口基数", default=0)
    per_person = models.DecimalField("每增一人增加的阶梯量", max_digits=9, decimal_places=2, default=0)
    source = models.CharField("文件依据", max_length=200)
    published_at = models.DateTimeField("发布时间", null=True)
    author = models.CharField("编制人", max_length=60)
    created_at = models.DateTimeField("编制时间")

    class Meta:
        """A handful for each supply; one published edition of a category for a day."""

        verbose_name = "价格版本"
        constraints = [
            models.UniqueConstraint(
                fields=["supply", "category", "valid_from"],
                condition=Q(published_at__isnull=False),
                name="metering_tariff_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.supply} {self.category} {self.valid_from}"


class TariffTier(models.Model):
    """A tier. up_to: bound of the quantity, included; None for the last one. Prices in yuan for a unit."""

    tariff = models.ForeignKey(
        Tariff, verbose_name="价格版本", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    number = models.PositiveSmallIntegerField("阶梯")
    up_to = models.DecimalField("上限", max_digits=12, decimal_places=2, null=True, blank=True)
    price = models.DecimalField("单价", max_digits=9, decimal_places=4)

    class Meta:
        """Read in their order."""

        verbose_name = "阶梯"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["tariff", "number"], name="metering_tier_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.price}"


class TariffFee(models.Model):
    """What is charged for each unit beside the tiers: water resource fee, sewage fee."""

    tariff = models.ForeignKey(
        Tariff, verbose_name="价格版本", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    name = models.CharField("费用名称", max_length=40)
    price = models.DecimalField("单价", max_digits=9, decimal_places=4)

    class Meta:
        """One name once."""

        verbose_name = "附加费"
        constraints = [models.UniqueConstraint(fields=["tariff", "name"], name="metering_fee_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.price}"
