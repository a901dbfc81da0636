"""Groups of devices: chosen one by one, or whatever fits a filter."""

from django.db import models


class DeviceGroup(models.Model):
    """A group. filter: of a group by filter, `contracts.DeviceFilter` as JSON; {} for a static one."""

    class Kind(models.TextChoices):
        """How devices come into the group."""

        STATIC = "static", "静态分组"
        FILTER = "filter", "条件分组"

    name = models.CharField("分组名称", max_length=80)
    kind = models.CharField("分组方式", max_length=8, choices=Kind)
    filter = models.JSONField("分组条件", default=dict)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="所属机构", on_delete=models.PROTECT, related_name="+"
    )
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    created_by = models.CharField("创建人", max_length=60)
    created_at = models.DateTimeField("创建时间")

    class Meta:
        """Listed newest first within a scope."""

        verbose_name = "设备分组"
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="iot_group_once")]
        indexes = [models.Index(fields=["organisation", "-created_at", "-id"], name="iot_group_keyset")]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """A device in a static group."""

    group = models.ForeignKey(
        DeviceGroup, verbose_name="设备分组", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    device = models.ForeignKey("iot.Device", verbose_name="设备", on_delete=models.CASCADE, related_name="+")

    class Meta:
        """Found from both sides."""

        verbose_name = "分组成员"
        constraints = [models.UniqueConstraint(fields=["group", "device"], name="iot_member_once")]

    def __str__(self) -> str:
        return f"{self.group_id} {self.device_id}"
