"""What lists, counts and search read: kept by the services in the transaction of each change."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class Visibility(models.Model):
    """A case under one of the scope keys under which it is seen; everybody's lists are ranges of this index."""

    pk = models.CompositePrimaryKey("scope_key", "status", "opened_at", "case_id")
    scope_key = models.CharField("范围键", max_length=24, db_collation="C")
    status = models.CharField("状态", max_length=10)
    opened_at = models.DateTimeField("立案时间")
    case_id = models.BigIntegerField("案件")

    class Meta:
        """The primary key is the only index."""

        verbose_name = "案件可见范围"

    def __str__(self) -> str:
        return f"{self.scope_key}:{self.case_id}"


class SearchTerms(models.Model):
    """The terms of a case (see rules.terms)."""

    case_id = models.BigIntegerField("案件", primary_key=True)
    opened_at = models.DateTimeField("立案时间")
    terms = ArrayField(models.BigIntegerField(), verbose_name="检索项")

    class Meta:
        """A small pending list keeps searches quick while cases come in."""

        verbose_name = "案件检索项"
        indexes = [GinIndex(fields=["terms"], name="cases_search_terms", gin_pending_list_limit=128)]

    def __str__(self) -> str:
        return str(self.case_id)


class Counter(models.Model):
    """How many cases are seen under a scope key, by type and status; `*` counts all."""

    pk = models.CompositePrimaryKey("scope_key", "case_type_id", "status")
    scope_key = models.CharField("范围键", max_length=24, db_collation="C")
    case_type_id = models.BigIntegerField("案件类型")
    status = models.CharField("状态", max_length=10)
    number = models.BigIntegerField("件数")

    class Meta:
        """Folded from the deltas by a tick."""

        verbose_name = "案件计数"

    def __str__(self) -> str:
        return f"{self.scope_key}:{self.number}"


class CounterDelta(models.Model):
    """A change of counters that has not been folded in yet; counting reads both."""

    scope_keys = ArrayField(models.CharField(max_length=24), verbose_name="范围键")
    case_type_id = models.BigIntegerField("案件类型")
    status = models.CharField("状态", max_length=10)
    change = models.SmallIntegerField("增减")

    class Meta:
        """Few rows at any time."""

        verbose_name = "案件计数变化"

    def __str__(self) -> str:
        return f"{self.status}{self.change:+d}"


class Serial(models.Model):
    """The last serial number that a division gave out on a day."""

    pk = models.CompositePrimaryKey("division_code", "day")
    division_code = models.CharField("行政区划代码", max_length=6)
    day = models.DateField("日期")
    last = models.PositiveIntegerField("最后序号")

    class Meta:
        """A day has 99,999 numbers."""

        verbose_name = "案件编号序号"
        constraints = [models.CheckConstraint(name="cases_serial_has_five_digits", condition=Q(last__lte=99_999))]

    def __str__(self) -> str:
        return f"{self.division_code}/{self.day}"
