"""Filters of lists that people keep for themselves."""

from django.db import models


class SavedFilter(models.Model):
    """What a person narrows one of the lists by, under a name of his own."""

    account = models.ForeignKey(
        "identity.Account", verbose_name="账户", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    place = models.CharField("列表", max_length=10)
    name = models.CharField("名称", max_length=40)
    query = models.CharField("筛选条件", max_length=1000)
    created_at = models.DateTimeField("保存时间")

    class Meta:
        """Read by person and list."""

        verbose_name = "常用筛选"
        constraints = [models.UniqueConstraint(fields=["account", "place", "name"], name="cases_filter_once")]

    def __str__(self) -> str:
        return f"{self.account_id}:{self.name}"
