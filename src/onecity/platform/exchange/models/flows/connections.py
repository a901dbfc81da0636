"""Connections: databases, folders and services of departments."""

from django.db import models


class Connection(models.Model):
    """How to reach one source or target; the password lies sealed.

    rows_per_second, at_once: what the owner of the other side bears, over all workers together; 0 rows: no limit.
    """

    code = models.SlugField("连接编码", max_length=60, unique=True)
    name = models.CharField("连接名称", max_length=80)
    kind = models.CharField("连接方式", max_length=20)
    options = models.JSONField("连接参数", default=dict)
    secret = models.BinaryField("口令密文", default=bytes)
    rows_per_second = models.PositiveIntegerField("每秒行数上限", default=0)
    at_once = models.PositiveSmallIntegerField("同时运行数上限", default=2)
    note = models.CharField("说明", max_length=200, blank=True)
    is_active = models.BooleanField("启用", default=True)
    checked_at = models.DateTimeField("最近测试时间", null=True)
    check_error = models.CharField("测试结果", max_length=300, blank=True)
    organisation_id = models.BigIntegerField("所属机构")
    division_code = models.CharField("所在区划", max_length=15, blank=True)
    author = models.CharField("编辑者", max_length=60)
    created_at = models.DateTimeField("创建时间")

    class Meta:
        """Listed newest first within a scope."""

        verbose_name = "数据连接"
        indexes = [
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="exchange_conn_keyset"),
            models.Index(fields=["-created_at", "-id"], name="exchange_conn_newest"),
        ]

    def __str__(self) -> str:
        return self.name
