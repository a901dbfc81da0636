"""Households, and the addresses at which people are registered and live."""

from django.contrib.gis.db.models import PointField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func

from onecity.kernel.text import zh


class PersonAddress(models.Model):
    """An address as it was written, once for all who share it; `place_id`: its standard address once matched."""

    division_code = models.CharField("行政区划代码", max_length=12)
    text = models.CharField("地址", max_length=200)
    location = PointField("位置", srid=4326, null=True, spatial_index=False)
    place_id = models.BigIntegerField("标准地址编号", null=True)

    class Meta:
        """Found by its words of two characters; one row for a text within a division."""

        verbose_name = "人口地址"
        constraints = [
            models.UniqueConstraint(fields=["division_code", "text"], name="registers_address_once"),
        ]
        indexes = [
            GinIndex(Func(F("text"), function="registers_pairs"), name="registers_address_pairs", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.text


class Household(models.Model):
    """A household (户) of the registration: people who stand in one booklet."""

    class Kind(models.TextChoices):
        """Of relatives, or of an institution."""

        FAMILY = "family", zh("家庭户")
        COLLECTIVE = "collective", zh("集体户")

    number = models.CharField("户号", max_length=20, unique=True)
    kind = models.CharField("户类型", max_length=10, choices=Kind, default=Kind.FAMILY)
    head_id = models.BigIntegerField("户主编号", null=True)
    address = models.ForeignKey(
        PersonAddress, verbose_name="户籍地址", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    division_code = models.CharField("行政区划代码", max_length=12)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="所属机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    source = models.ForeignKey(
        "registers.DataSource", verbose_name="数据来源", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    observed_at = models.DateTimeField("来源时间")
    opened_date = models.DateField("立户日期", null=True)
    closed_date = models.DateField("销户日期", null=True)
    merged_into_id = models.BigIntegerField("并入户编号", null=True)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        """Read newest first within a scope; members name their household, so the head is no foreign key back."""

        verbose_name = "户"
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="registers_household_keyset"),
            models.Index(fields=["address"], name="registers_household_address"),
        ]

    def __str__(self) -> str:
        return self.number
