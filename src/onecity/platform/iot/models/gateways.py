"""Gateway processes as the pages see them."""

from django.db import models


class Gateway(models.Model):
    """One gateway process: when it last reported, and its counters since it started. Times are real."""

    name = models.CharField("网关", max_length=80, unique=True)
    protocol = models.CharField("接入协议", max_length=20)
    listens = models.CharField("监听地址", max_length=80, blank=True)
    started_at = models.DateTimeField("启动时间")
    reported_at = models.DateTimeField("上报时间")
    stopped_at = models.DateTimeField("停止时间", null=True)
    figures = models.JSONField("计数", default=dict)

    class Meta:
        """A handful of rows."""

        verbose_name = "接入网关"

    def __str__(self) -> str:
        return self.name
