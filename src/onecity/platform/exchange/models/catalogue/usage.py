"""Figures of the catalogue that are kept, so that no page has to count: use by day, entries by facet, made files."""

from django.db import models


class UsageDay(models.Model):
    """How often a dataset was used on one day of the city."""

    pk = models.CompositePrimaryKey("dataset_id", "day")
    dataset_id = models.BigIntegerField("数据集")
    day = models.DateField("日期")
    views = models.PositiveIntegerField("浏览次数", default=0)
    downloads = models.PositiveIntegerField("下载次数", default=0)
    queries = models.PositiveIntegerField("查询次数", default=0)
    shares = models.PositiveIntegerField("共享次数", default=0)

    class Meta:
        """Written in place."""

        verbose_name = "数据集每日使用量"
        indexes = [models.Index(fields=["day"], name="exchange_usageday_day")]

    def __str__(self) -> str:
        return f"{self.dataset_id} {self.day}"


class UsageTotal(models.Model):
    """How often a dataset was used in all."""

    dataset_id = models.BigIntegerField("数据集", primary_key=True)
    views = models.BigIntegerField("浏览次数", default=0)
    downloads = models.BigIntegerField("下载次数", default=0)
    queries = models.BigIntegerField("查询次数", default=0)
    shares = models.BigIntegerField("共享次数", default=0)

    class Meta:
        """Written with the day."""

        verbose_name = "数据集累计使用量"

    def __str__(self) -> str:
        return str(self.dataset_id)


class CatalogueCount(models.Model):
    """How many published entries have a value of a facet. audience: everybody in government, or the public."""

    pk = models.CompositePrimaryKey("audience", "facet", "value")
    audience = models.CharField("范围", max_length=6)
    facet = models.CharField("维度", max_length=20)
    value = models.CharField("取值", max_length=40)
    number = models.BigIntegerField("目录数", default=0)

    class Meta:
        """Changed with every publication and withdrawal."""

        verbose_name = "目录计数"

    def __str__(self) -> str:
        return f"{self.audience}:{self.facet}:{self.value}={self.number}"


class DownloadFile(models.Model):
    """A file made beforehand of an open dataset that is large. storage_name: empty until it is made."""

    version = models.ForeignKey(
        "exchange.DatasetVersion", verbose_name="版本", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    format = models.CharField("格式", max_length=8)
    storage_name = models.CharField("存储名", max_length=80, blank=True)
    size = models.BigIntegerField("大小（字节）", default=0)
    rows = models.BigIntegerField("行数", default=0)
    digest = models.CharField("SM3摘要", max_length=64, blank=True)
    asked_at = models.DateTimeField("请求时间")
    made_at = models.DateTimeField("生成时间", null=True)

    class Meta:
        """One for a version and format, made again when it has grown old."""

        verbose_name = "开放数据文件"
        constraints = [models.UniqueConstraint(fields=["version", "format"], name="exchange_downloadfile_once")]

    def __str__(self) -> str:
        return f"{self.version_id}.{self.format}"
