"""Aid that was granted, and publications."""

from django.db import models

from onecity.domains.welfare.models.applications import Application
from onecity.domains.welfare.rules.codes import AID_NAMES


class Benefit(models.Model):
    """A household's aid, from the county's decision on."""

    application = models.OneToOneField(
        Application, verbose_name="申请", primary_key=True, on_delete=models.PROTECT, related_name="benefit"
    )
    aid = models.CharField("救助类别", max_length=20, choices=list(AID_NAMES.items()))
    certificate = models.CharField("救助证号", max_length=24, unique=True)
    granted_on = models.DateField("批准日期")
    checked_on = models.DateField("最近核对日期")
    ended_on = models.DateField("终止日期", null=True)

    class Meta:
        """Re-checked by the oldest check first."""

        verbose_name = "救助对象"
        indexes = [
            models.Index(fields=["checked_on"], name="welfare_benefit_due", condition=models.Q(ended_on__isnull=True))
        ]

    def __str__(self) -> str:
        return self.certificate


class Publication(models.Model):
    """What is published of an application: names as masked for the public, number of members and kind of aid."""

    class Stage(models.TextChoices):
        """By whom."""

        STREET = "street", "街道公示"
        COUNTY = "county", "县级公示"

    application = models.ForeignKey(
        Application, verbose_name="申请", on_delete=models.PROTECT, related_name="publications"
    )
    stage = models.CharField("公示环节", max_length=8, choices=Stage)
    name = models.CharField("申请人", max_length=20)
    members = models.PositiveSmallIntegerField("家庭人数")
    aid = models.CharField("救助类别", max_length=20, choices=list(AID_NAMES.items()))
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="公示机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("区划代码", max_length=15)
    starts_on = models.DateField("公示开始")
    ends_on = models.DateField("公示截止")
    withdrawn_at = models.DateTimeField("撤下时间", null=True)

    class Meta:
        """One of each stage; listed by day."""

        verbose_name = "救助公示"
        constraints = [
            models.UniqueConstraint(fields=["application", "stage"], name="welfare_publication_once"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="welfare_publication_period"
            ),
        ]
        indexes = [models.Index(fields=["ends_on", "-id"], name="welfare_publication_day")]

    def __str__(self) -> str:
        return f"{self.application_id}:{self.stage}"
