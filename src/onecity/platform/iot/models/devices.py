"""Devices, how they prove who they are, and the series of readings that they send."""

from typing import Final

from django.contrib.gis.db.models import PointField
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from onecity.platform.iot.declare import Period

SRID: Final = 4326
"""WGS 84, longitude first; CGCS2000 (4490) is the same at metre level."""


class Device(models.Model):
    """Something in the city that reports readings. `key` is what it calls itself on the wire, such as an MN.

    parent: the gateway device through which it speaks and is spoken to. type_edition: which edition of a type made by
    staff it keeps; None for the one in force.
    """

    class State(models.TextChoices):
        """Where a device is in its life."""

        REGISTERED = "registered", "已登记"
        ONLINE = "online", "在线"
        SILENT = "silent", "失联"
        FAULTY = "faulty", "故障"
        RETIRED = "retired", "已停用"

    key = models.CharField("设备标识", max_length=64, unique=True)
    name = models.CharField("设备名称", max_length=80)
    type_code = models.CharField("设备类型", max_length=80)
    protocol = models.CharField("接入协议", max_length=20)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="所属机构", on_delete=models.PROTECT, related_name="+"
    )
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    location = PointField("位置", srid=SRID, null=True)
    address = models.CharField("安装地址", max_length=160, blank=True)
    parent = models.ForeignKey(
        "self", verbose_name="所属网关", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    link = models.JSONField("接入参数", default=dict, blank=True)
    state = models.CharField("状态", max_length=12, choices=State, default=State.REGISTERED)
    last_seen_at = models.DateTimeField("最近通信时间", null=True)
    password_hash = models.CharField("访问密码散列", max_length=64, blank=True)
    scales = models.JSONField("换算系数", default=dict, blank=True)
    product = models.ForeignKey(
        "iot.Product", verbose_name="产品", null=True, on_delete=models.PROTECT, related_name="+"
    )
    type_edition = models.PositiveIntegerField("物模型版次", null=True)
    firmware_version = models.CharField("固件版本", max_length=40, blank=True)
    tags = ArrayField(models.CharField(max_length=20), verbose_name="标签", default=list)
    words = ArrayField(models.CharField(max_length=4), verbose_name="检索词", default=list)
    created_at = models.DateTimeField("登记时间")
    activated_at = models.DateTimeField("激活时间", null=True)
    retired_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        """Read newest first within a scope; found by key, by words of two characters, by place."""

        verbose_name = "设备"
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="iot_device_keyset"),
            models.Index(fields=["-created_at", "-id"], name="iot_device_newest"),
            models.Index(fields=["type_code", "-created_at", "-id"], name="iot_device_type"),
            models.Index(fields=["state", "-created_at", "-id"], name="iot_device_state"),
            models.Index(fields=["division_code"], name="iot_device_division", opclasses=["text_pattern_ops"]),
            GinIndex(fields=["words"], name="iot_device_words"),
            GinIndex(fields=["tags"], name="iot_device_tags"),
        ]

    def __str__(self) -> str:
        return self.name


class DeviceCredential(models.Model):
    """A device's token for MQTT and HTTP. Only its SM3 digest and the broker's own hash of it are stored.

    ends_at: when a token that was replaced stops being taken; None for the one in force.
    """

    device = models.ForeignKey(Device, verbose_name="设备", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField("令牌摘要", max_length=64, unique=True)
    broker_hash = models.CharField("代理密码散列", max_length=200)
    prefix = models.CharField("令牌前缀", max_length=12)
    created_at = models.DateTimeField("签发时间")
    ends_at = models.DateTimeField("失效时间", null=True)
    revoked_at = models.DateTimeField("吊销时间", null=True)

    class Meta:
        """Found by digest; one token in force for a device, those it replaced beside it until they end."""

        verbose_name = "设备凭证"
        constraints = [
            models.UniqueConstraint(
                fields=["device"],
                condition=Q(revoked_at__isnull=True, ends_at__isnull=True),
                name="iot_credential_once",
            )
        ]

    def __str__(self) -> str:
        return self.prefix


class Datastream(models.Model):
    """One property of one device, for one period and one kind of value. Its id is small: each reading carries it."""

    id = models.AutoField("编号", primary_key=True)
    device = models.ForeignKey(Device, verbose_name="设备", on_delete=models.PROTECT, related_name="+", db_index=False)
    property_code = models.CharField("监测项", max_length=80)
    period = models.CharField("时段", max_length=10, choices=[(item.value, item.value) for item in Period])
    sub_value = models.CharField("取值", max_length=20, blank=True)
    unit = models.CharField("计量单位", max_length=20, blank=True)
    wire_name = models.CharField("报文编码", max_length=80)
    mapped = models.BooleanField("已映射", default=True)
    created_at = models.DateTimeField("创建时间")

    class Meta:
        """Found by device."""

        verbose_name = "数据流"
        constraints = [
            models.UniqueConstraint(
                fields=["device", "period", "property_code", "sub_value"], name="iot_datastream_once"
            )
        ]
        indexes = [models.Index(fields=["property_code", "period"], name="iot_datastream_property")]

    def __str__(self) -> str:
        return f"{self.property_code} {self.period} {self.sub_value}".strip()
