"""Observations, partitioned by day, and the latest of each datastream."""

from django.db import models


class Observation(models.Model):
    """One reading. Written only by `services.store`; a partition holds one day of phenomenon time, UTC."""

    pk = models.CompositePrimaryKey("datastream_id", "phenomenon_at")
    datastream_id = models.IntegerField("数据流")
    phenomenon_at = models.DateTimeField("监测时间")
    result = models.FloatField("监测值", null=True)
    quality = models.SmallIntegerField("数据标记")
    received_at = models.DateTimeField("接收时间")

    class Meta:
        """The migration makes the table: Django knows no partitions."""

        verbose_name = "监测数据"

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.phenomenon_at:%Y-%m-%d %H:%M:%S}"


class Latest(models.Model):
    """A datastream's newest reading."""

    datastream_id = models.IntegerField("数据流", primary_key=True)
    phenomenon_at = models.DateTimeField("监测时间")
    result = models.FloatField("监测值", null=True)
    quality = models.SmallIntegerField("数据标记")

    class Meta:
        """Updated in place: the migration leaves room on each page."""

        verbose_name = "最新值"

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.phenomenon_at:%Y-%m-%d %H:%M:%S}"
