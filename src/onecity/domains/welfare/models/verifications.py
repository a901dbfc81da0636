"""Verifications: what was asked, what came, what differs, and the signed report."""

from django.db import models

from onecity.domains.welfare.models.applications import Application, Member
from onecity.domains.welfare.rules.codes import DEPARTMENT_NAMES
from onecity.domains.welfare.rules.findings import WEIGHT_NAMES


class Verification(models.Model):
    """One check of one household (核对委托), for one purpose."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", "等待核对"
        ASKING = "asking", "查询中"
        REPORTED = "reported", "已出报告"
        FAILED = "failed", "部分部门未答复"

    class Purpose(models.TextChoices):
        """What for."""

        APPLICATION = "application", "申请核对"
        REPEAT = "repeat", "复核"

    number = models.CharField("核对编号", max_length=24, unique=True)
    application = models.ForeignKey(
        Application, verbose_name="申请", on_delete=models.PROTECT, related_name="verifications"
    )
    purpose = models.CharField("核对事由", max_length=12, choices=Purpose)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="受理街道", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("区划代码", max_length=15)
    policy_number = models.PositiveIntegerField("救助标准版本")
    requested_by = models.CharField("经办人", max_length=60)
    requested_at = models.DateTimeField("委托时间")
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("完成时间", null=True)
    contradictions = models.PositiveSmallIntegerField("矛盾数", default=0)
    differences = models.PositiveSmallIntegerField("差异数", default=0)
    question_case = models.OneToOneField(
        "cases.Case", verbose_name="矛盾核实案件", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """Listed by organisation, newest first; counted by month."""

        verbose_name = "经济状况核对"
        indexes = [
            models.Index(fields=["organisation", "-requested_at", "-id"], name="welfare_verification_keyset"),
            models.Index(fields=["-requested_at", "-id"], name="welfare_verification_newest"),
            models.Index(fields=["finished_at"], name="welfare_verification_finished"),
        ]

    def __str__(self) -> str:
        return self.number


class DepartmentQuery(models.Model):
    """What one dataset was asked in a verification, and what came. facts: sealed JSON, read by the rules alone."""

    class State(models.TextChoices):
        """How it went."""

        WAITING = "waiting", "等待查询"
        ANSWERED = "answered", "已答复"
        NOT_COVERED = "not_covered", "未获授权，未查询"
        FAILED = "failed", "未答复"

    verification = models.ForeignKey(
        Verification, verbose_name="核对", on_delete=models.PROTECT, related_name="queries"
    )
    source_code = models.CharField("数据项", max_length=40)
    department = models.CharField("部门", max_length=20, choices=list(DEPARTMENT_NAMES.items()))
    name = models.CharField("数据项名称", max_length=60)
    state = models.CharField("状态", max_length=12, choices=State, default=State.WAITING)
    subjects = models.PositiveSmallIntegerField("查询人数", default=0)
    rows = models.PositiveIntegerField("返回记录数", default=0)
    asked_at = models.DateTimeField("查询时间", null=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    note = models.CharField("说明", max_length=200, blank=True)
    facts_sealed = models.BinaryField("查得信息（密文）", blank=True)

    class Meta:
        """Each dataset once in a verification."""

        verbose_name = "部门查询"
        constraints = [models.UniqueConstraint(fields=["verification", "source_code"], name="welfare_query_once")]

    def __str__(self) -> str:
        return f"{self.verification_id}:{self.source_code}"


class AskedSubject(models.Model):
    """One person in one query: under whose authorisation, by whom, when, with which receipt; the person may read it."""

    query = models.ForeignKey(DepartmentQuery, verbose_name="查询", on_delete=models.PROTECT, related_name="asked")
    member = models.ForeignKey(Member, verbose_name="成员", on_delete=models.PROTECT, related_name="asked")
    authorisation_code = models.CharField("授权编号", max_length=32)
    receipt = models.CharField("使用回执", max_length=80, blank=True)
    operator = models.CharField("经办人", max_length=60)
    purpose = models.CharField("查询事由", max_length=120)
    at = models.DateTimeField("查询时间")

    class Meta:
        """Each person once in a query."""

        verbose_name = "查询对象"
        constraints = [models.UniqueConstraint(fields=["query", "member"], name="welfare_asked_once")]

    def __str__(self) -> str:
        return f"{self.query_id}:{self.member_id}"


class ReportFinding(models.Model):
    """One compared item of a report, for pages and counts; amounts and words are sealed."""

    verification = models.ForeignKey(
        Verification, verbose_name="核对", on_delete=models.PROTECT, related_name="findings"
    )
    member = models.ForeignKey(
        Member, verbose_name="成员", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    code = models.CharField("差异编码", max_length=20)
    weight = models.CharField("比对结果", max_length=16, choices=list(WEIGHT_NAMES.items()))
    position = models.PositiveSmallIntegerField("序号")
    body_sealed = models.BinaryField("内容（密文）")

    class Meta:
        """In the order of the report."""

        verbose_name = "比对结果"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["verification", "position"], name="welfare_finding_once")]

    def __str__(self) -> str:
        return f"{self.verification_id}:{self.code}"


class SigningKey(models.Model):
    """The key with which the checking centre signs; the private part is sealed."""

    public = models.CharField("公钥", max_length=130)
    private_sealed = models.BinaryField("私钥（密文）")
    created_at = models.DateTimeField("生成时间")
    retired_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        """One in use."""

        verbose_name = "报告签名密钥"
        constraints = [
            models.UniqueConstraint(
                fields=["retired_at"],
                name="welfare_one_signing_key",
                condition=models.Q(retired_at__isnull=True),
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.public[:16]


class Report(models.Model):
    """A signed report (核对报告): canonical JSON, sealed; its digest and signature can be checked by anybody."""

    verification = models.OneToOneField(
        Verification, verbose_name="核对", primary_key=True, on_delete=models.PROTECT, related_name="report"
    )
    number = models.CharField("报告编号", max_length=24, unique=True)
    body_sealed = models.BinaryField("报告正文（密文）")
    digest = models.CharField("报告摘要", max_length=64)
    signature = models.CharField("签名", max_length=128)
    key = models.ForeignKey(SigningKey, verbose_name="密钥", on_delete=models.PROTECT, related_name="+")
    check_code = models.CharField("验证码", max_length=16)
    eligible = models.BooleanField("符合条件")
    signed_at = models.DateTimeField("签发时间")
    valid_to = models.DateField("有效期至")

    class Meta:
        """Found by number."""

        verbose_name = "核对报告"

    def __str__(self) -> str:
        return self.number
