"""What the phones of grid supervisors send: things done, kept under the phone's own key, and where they walked."""

from django.db import models
from django.db.models import Q


class Submission(models.Model):
    """Something done on a phone, perhaps without network, and what became of it. One key is taken in once."""

    class Outcome(models.TextChoices):
        """What became of it."""

        DONE = "done", "已入库"
        REFUSED = "refused", "未入库"

    account = models.ForeignKey(
        "identity.Account", verbose_name="监督员", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    organisation = models.ForeignKey(
        "identity.Organisation",
        verbose_name="所属机构",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    key = models.CharField("提交标识", max_length=60)
    kind = models.CharField("种类", max_length=12)
    outcome = models.CharField("处理结果", max_length=10, choices=Outcome)
    number = models.CharField("案件编号", max_length=19, blank=True)
    reason = models.CharField("未入库原因", max_length=300, blank=True)
    done_at = models.DateTimeField("现场办理时间")
    created_at = models.DateTimeField("接收时间")

    class Meta:
        """Listed by organisation, newest first."""

        verbose_name = "手机提交"
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="urban_submission_once")]
        indexes = [models.Index(fields=["organisation", "-created_at", "-id"], name="urban_submission_keyset")]

    def __str__(self) -> str:
        return f"{self.account_id}:{self.key}"


class TrackPoint(models.Model):
    """Where a supervisor was. stamp: the phone's own clock in milliseconds, by which a point is taken in once."""

    account = models.ForeignKey(
        "identity.Account", verbose_name="监督员", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    organisation = models.ForeignKey(
        "identity.Organisation",
        verbose_name="所属机构",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    stamp = models.BigIntegerField("手机时间戳")
    at = models.DateTimeField("时间")
    longitude = models.FloatField("经度")
    latitude = models.FloatField("纬度")
    accuracy_m = models.FloatField("精度（米）", null=True)

    class Meta:
        """Read by person and time, and by organisation, newest first."""

        verbose_name = "巡查轨迹点"
        constraints = [
            models.UniqueConstraint(fields=["account", "stamp"], name="urban_point_once"),
            models.CheckConstraint(
                name="urban_point_on_earth",
                condition=Q(longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90),
            ),
        ]
        indexes = [
            models.Index(fields=["account", "at"], name="urban_point_walk"),
            models.Index(fields=["organisation", "-at", "-id"], name="urban_point_keyset"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.at:%Y-%m-%d %H:%M:%S}"
