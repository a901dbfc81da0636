"""Lists of devices that are registered by a job, and their lines that could not be."""

from django.db import models


class DeviceImport(models.Model):
    """A file of devices. read: lines worked off so far, so that a job that died goes on where it was."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "等待处理"
        RUNNING = "running", "处理中"
        DONE = "done", "已完成"
        FAILED = "failed", "无法读取"
        CANCELLED = "cancelled", "已取消"

    name = models.CharField("文件名", max_length=200)
    kind = models.CharField("文件类型", max_length=8)
    storage_name = models.CharField("存放位置", max_length=120)
    size = models.BigIntegerField("字节数")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    run_id = models.BigIntegerField("后台任务", null=True)
    total = models.PositiveIntegerField("总行数", default=0)
    read = models.PositiveIntegerField("已处理", default=0)
    made = models.PositiveIntegerField("新登记", default=0)
    known = models.PositiveIntegerField("早已登记", default=0)
    refused = models.PositiveIntegerField("有误", default=0)
    message = models.CharField("说明", max_length=200, blank=True)
    asked_by = models.CharField("提交人", max_length=60)
    organisation_id = models.BigIntegerField("所属机构", null=True)
    created_at = models.DateTimeField("提交时间")
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        """One's own, newest first."""

        verbose_name = "设备导入"
        indexes = [models.Index(fields=["asked_by", "-created_at", "-id"], name="iot_import_newest")]

    def __str__(self) -> str:
        return self.name


class RefusedLine(models.Model):
    """A line that could not be registered. values: by column as in the file; reasons: Chinese sentences by column."""

    batch = models.ForeignKey(
        DeviceImport, verbose_name="设备导入", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    number = models.PositiveIntegerField("行号")
    values = models.JSONField("内容")
    reasons = models.JSONField("原因")

    class Meta:
        """In the order of the file, each line once."""

        verbose_name = "导入有误行"
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="iot_refusedline_once")]

    def __str__(self) -> str:
        return str(self.number)
