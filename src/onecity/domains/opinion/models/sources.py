"""Where articles come from, how often that is looked at, and how it went."""

from django.db import models


class Source(models.Model):
    """A source. key: where it lies; the same address is one source. columns: our name → theirs, for tables.

    next_at, checked_at: real time, by which others' machines are asked. failures: in a row.
    """

    class Kind(models.TextChoices):
        """What it gives."""

        RSS = "rss", "RSS/Atom订阅"
        SITE = "site", "网站（自动发现订阅）"
        CSV = "csv", "CSV文件地址"
        JSON = "json", "JSON文件地址"
        TEXT = "text", "文本文件地址"
        FILE = "file", "人工导入"

    name = models.CharField("采集源名称", max_length=80)
    kind = models.CharField("采集方式", max_length=8, choices=Kind)
    url = models.CharField("采集地址", max_length=500, blank=True)
    host = models.CharField("主机", max_length=260, blank=True)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="责任单位", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("区划代码", max_length=15, blank=True)
    interval_min = models.PositiveIntegerField("采集间隔（分钟）", default=30)
    reach = models.PositiveSmallIntegerField("媒体影响力等级", default=1)
    columns = models.JSONField("字段对应", default=dict)
    is_active = models.BooleanField("是否启用", default=True)
    etag = models.CharField("实体标签", max_length=300, blank=True)
    last_modified = models.CharField("最后修改", max_length=60, blank=True)
    checked_at = models.DateTimeField("最近采集时间", null=True)
    next_at = models.DateTimeField("下次采集时间", null=True)
    failures = models.PositiveIntegerField("连续失败次数", default=0)
    said = models.CharField("最近结果", max_length=200, blank=True)
    articles = models.PositiveIntegerField("文章数", default=0)
    created_at = models.DateTimeField("创建时间")

    class Meta:
        """Listed by owner, the newest first; looked at when due."""

        verbose_name = "采集源"
        constraints = [
            models.UniqueConstraint(fields=["url"], name="opinion_source_once", condition=~models.Q(url="")),
        ]
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="opinion_source_keyset"),
            models.Index(fields=["next_at"], name="opinion_source_due", condition=models.Q(is_active=True)),
        ]

    def __str__(self) -> str:
        return self.name


class Host(models.Model):
    """A host that is asked: what its robots.txt says, and when it was asked last (real time)."""

    name = models.CharField("主机", max_length=260, primary_key=True)
    robots = models.TextField("robots规则", blank=True)
    robots_at = models.DateTimeField("规则读取时间", null=True)
    is_closed = models.BooleanField("规则暂不可读", default=False)
    asked_at = models.DateTimeField("最近访问时间", null=True)

    class Meta:
        """One for each host."""

        verbose_name = "采集主机"

    def __str__(self) -> str:
        return self.name


class Collection(models.Model):
    """One look at a source. outcome: new, same (nothing has changed), refused, failed, imported."""

    source = models.ForeignKey(
        Source, verbose_name="采集源", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    at = models.DateTimeField("采集时间")
    outcome = models.CharField("采集结果", max_length=10)
    new = models.PositiveIntegerField("新文章数", default=0)
    repeated = models.PositiveIntegerField("重复数", default=0)
    received = models.PositiveIntegerField("接收字节数", default=0)
    took_ms = models.PositiveIntegerField("耗时（毫秒）", default=0)
    reason = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        """Read by source, the newest first."""

        verbose_name = "采集记录"
        indexes = [models.Index(fields=["source", "-at"], name="opinion_collection_newest")]

    def __str__(self) -> str:
        return f"{self.source_id}:{self.at}"
