"""Lasting deliveries under a grant."""

from django.db import models
from django.db.models import Q

from onecity.platform.exchange.models.sharing.grants import SharingGrant


class Subscription(models.Model):
    """A delivery that goes on: pushed by a flow into the consumer's place, or fetched block by block.

    flow_code: the flow that pushes. For pulls, position: where the next block begins, offered_*: the block that was
    given out last and has not been acknowledged; the same block is given again until it is.
    """

    class State(models.TextChoices):
        """A subscription's life."""

        ACTIVE = "active", "运行中"
        STOPPED = "stopped", "已停止"

    code = models.CharField("订阅编号", max_length=28, unique=True)
    grant = models.ForeignKey(SharingGrant, verbose_name="共享授权", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="使用方", on_delete=models.PROTECT, related_name="+"
    )
    form = models.CharField("共享方式", max_length=8)
    connection_code = models.CharField("目标连接", max_length=80, blank=True)
    target_table = models.CharField("目标表", max_length=160, blank=True)
    schedule = models.CharField("执行计划", max_length=80, blank=True)
    flow_code = models.CharField("交换任务", max_length=80, blank=True)
    state = models.CharField("订阅状态", max_length=10, choices=State, default=State.ACTIVE)
    stop_reason = models.CharField("停止理由", max_length=500, blank=True)
    position = models.JSONField("读取位置", null=True)
    block = models.PositiveBigIntegerField("已确认块号", default=0)
    rows = models.PositiveBigIntegerField("已确认行数", default=0)
    offered_position = models.JSONField("待确认位置", null=True)
    offered_checksum = models.CharField("待确认校验值", max_length=64, blank=True)
    offered_rows = models.PositiveIntegerField("待确认行数", default=0)
    created_at = models.DateTimeField("订阅时间")

    class Meta:
        """One running delivery for a grant and a place."""

        verbose_name = "数据订阅"
        indexes = [models.Index(fields=["organisation", "-created_at", "-id"], name="exchange_subscription_keyset")]
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "connection_code", "target_table"],
                condition=Q(state="active"),
                name="exchange_subscription_once",
            ),
            models.UniqueConstraint(
                fields=["flow_code"], condition=~Q(flow_code=""), name="exchange_subscription_one_flow"
            ),
        ]

    def __str__(self) -> str:
        return self.code
