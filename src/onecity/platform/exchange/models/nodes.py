"""Exchange nodes (前置机), the authority that vouches for them, and the runs that they carry out."""

from django.db import models
from django.db.models import Q

from onecity.kernel.text import zh


class NodeAuthority(models.Model):
    """Who signs the certificates of nodes and of the hub's door: one row, made at the first use."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    certificate = models.TextField("证书")
    key_sealed = models.BinaryField("加密私钥")
    created_at = models.DateTimeField("创建时间")

    class Meta:
        """At most one row."""

        verbose_name = "前置机证书签发机构"
        constraints = [models.CheckConstraint(name="exchange_authority_is_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return "authority"


class ExchangeNode(models.Model):
    """A node on a department's own machine. fingerprint: SHA-256 of its certificate; places: as it reported them."""

    class State(models.TextChoices):
        """Whether it is let in."""

        ACTIVE = "active", zh("启用")
        REVOKED = "revoked", zh("已吊销")

    code = models.SlugField("前置机编码", max_length=40, unique=True)
    name = models.CharField("前置机名称", max_length=80)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="所属机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.ACTIVE)
    fingerprint = models.CharField("证书指纹", max_length=64, unique=True)
    certificate = models.TextField("证书")
    expires_at = models.DateTimeField("证书到期时间")
    last_seen_at = models.DateTimeField("最近联系时间", null=True)
    version = models.CharField("程序版本", max_length=20, blank=True)
    places = models.JSONField("数据源", default=list)
    created_by = models.CharField("登记人", max_length=60)
    created_at = models.DateTimeField("登记时间")
    revoked_reason = models.CharField("吊销原因", max_length=200, blank=True)

    class Meta:
        """Read newest first within a scope."""

        verbose_name = "前置机"
        indexes = [models.Index(fields=["organisation", "-created_at", "-id"], name="exchange_node_keyset")]

    def __str__(self) -> str:
        return self.name


class NodeTask(models.Model):
    """A run that a node carries out. plan: as the node gets it, without anybody's secrets; outcome: as it reported."""

    class State(models.TextChoices):
        """Where it stands."""

        OFFERED = "offered", zh("等待前置机")
        TAKEN = "taken", zh("前置机执行中")
        DONE = "done", zh("已完成")
        FAILED = "failed", zh("失败")
        STOPPED = "stopped", zh("已停止")

    node = models.ForeignKey(
        ExchangeNode, verbose_name="前置机", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    run = models.OneToOneField("exchange.Run", verbose_name="交换运行", on_delete=models.CASCADE, related_name="+")
    name = models.CharField("运行名称", max_length=80)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OFFERED)
    plan = models.JSONField("方案")
    since = models.JSONField("起始位置", null=True)
    counts = models.JSONField("进度", default=dict)
    blocks = models.PositiveIntegerField("数据块数", default=0)
    failed_checks = models.JSONField("各项校验不合格行数", default=dict)
    outcome = models.JSONField("结果", null=True)
    error = models.CharField("错误信息", max_length=500, blank=True)
    again = models.BooleanField("可重试", default=False)
    changed_at = models.DateTimeField("更新时间")

    class Meta:
        """A node asks for what is open."""

        verbose_name = "前置机任务"
        indexes = [
            models.Index(
                fields=["node", "id"], name="exchange_nodetask_open", condition=Q(state__in=["offered", "taken"])
            )
        ]

    def __str__(self) -> str:
        return self.name
