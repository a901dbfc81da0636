"""Applications of households: members, and what they declared."""

from django.db import models

from onecity.domains.welfare.rules.codes import AID_NAMES, ASSET_NAMES, MARITAL_NAMES, RELATION_NAMES, TOPIC_NAMES


class Application(models.Model):
    """A household that applies; once granted, the household that is re-checked every year."""

    class State(models.TextChoices):
        """Where it stands."""

        DRAFT = "draft", "填写中"
        SUBMITTED = "submitted", "办理中"
        GRANTED = "granted", "已批准"
        REFUSED = "refused", "未批准"
        ENDED = "ended", "已终止"

    number = models.CharField("申请编号", max_length=24, unique=True)
    aid = models.CharField("救助类别", max_length=20, choices=list(AID_NAMES.items()))
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    organisation = models.ForeignKey(
        "identity.Organisation",
        verbose_name="受理街道",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    division_code = models.CharField("区划代码", max_length=15)
    account = models.ForeignKey(
        "identity.Account", verbose_name="申请人账户", null=True, on_delete=models.PROTECT, related_name="+"
    )
    case = models.OneToOneField(
        "cases.Case", verbose_name="办件", null=True, on_delete=models.PROTECT, related_name="+"
    )
    address_sealed = models.BinaryField("住址（密文）", blank=True)
    address_masked = models.CharField("住址", max_length=120, blank=True)
    phone_sealed = models.BinaryField("联系电话（密文）", blank=True)
    phone_masked = models.CharField("联系电话", max_length=20, blank=True)
    living_area = models.DecimalField("居住面积", max_digits=8, decimal_places=2, default=0)
    reason = models.CharField("困难原因", max_length=500, blank=True)
    created_at = models.DateTimeField("登记时间")
    submitted_at = models.DateTimeField("提交时间", null=True)
    decided_at = models.DateTimeField("审批时间", null=True)

    class Meta:
        """Listed by organisation, newest first; a citizen's own by account."""

        verbose_name = "救助申请"
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="welfare_application_keyset"),
            models.Index(fields=["-created_at", "-id"], name="welfare_application_newest"),
            models.Index(fields=["state", "id"], name="welfare_application_state"),
        ]

    def __str__(self) -> str:
        return self.number


class Member(models.Model):
    """A member of the household, or a relative with a duty of support who lives elsewhere."""

    application = models.ForeignKey(Application, verbose_name="申请", on_delete=models.CASCADE, related_name="members")
    position = models.PositiveSmallIntegerField("序号")
    relation = models.CharField("与申请人关系", max_length=2, choices=list(RELATION_NAMES.items()))
    name_sealed = models.BinaryField("姓名（密文）")
    name_masked = models.CharField("姓名", max_length=20)
    identifier_sealed = models.BinaryField("公民身份号码（密文）")
    identifier_hashed = models.CharField("公民身份号码（密钥摘要）", max_length=64)
    identifier_masked = models.CharField("公民身份号码", max_length=18)
    birth_date = models.DateField("出生日期")
    marital = models.CharField("婚姻状况", max_length=2, choices=list(MARITAL_NAMES.items()))
    able_to_work = models.BooleanField("有劳动能力且就业或可就业", default=True)
    disability = models.PositiveSmallIntegerField("残疾等级", default=0)
    in_school = models.BooleanField("全日制在校", default=False)
    supports = models.BooleanField("不共同生活的法定赡养人", default=False)

    class Meta:
        """Each person once in an application; found by identifier."""

        verbose_name = "家庭成员"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["application", "identifier_hashed"], name="welfare_member_once"),
            models.UniqueConstraint(fields=["application", "position"], name="welfare_member_position"),
        ]
        indexes = [models.Index(fields=["identifier_hashed"], name="welfare_member_identifier")]

    def __str__(self) -> str:
        return self.name_masked


class DeclaredIncome(models.Model):
    """Income that a member declares: so much a month for some months, before tax and contributions."""

    member = models.ForeignKey(Member, verbose_name="成员", on_delete=models.CASCADE, related_name="incomes")
    topic = models.CharField("收入项目", max_length=20, choices=list(TOPIC_NAMES.items()))
    monthly = models.DecimalField("每月金额", max_digits=12, decimal_places=2)
    deductions = models.DecimalField("每月税费与个人缴费", max_digits=12, decimal_places=2, default=0)
    from_month = models.DateField("起始月份")
    to_month = models.DateField("截止月份")

    class Meta:
        """Few for each member."""

        verbose_name = "申报收入"

    def __str__(self) -> str:
        return f"{self.member_id}:{self.topic}"


class DeclaredAsset(models.Model):
    """Property that a member declares; what tells it from others is sealed."""

    member = models.ForeignKey(Member, verbose_name="成员", on_delete=models.CASCADE, related_name="assets")
    kind = models.CharField("财产项目", max_length=20, choices=list(ASSET_NAMES.items()))
    mark_sealed = models.BinaryField("号牌、证号或代码（密文）", blank=True)
    mark_masked = models.CharField("号牌、证号或代码", max_length=40, blank=True)
    value = models.DecimalField("金额或价值", max_digits=14, decimal_places=2, default=0)
    area = models.DecimalField("建筑面积", max_digits=8, decimal_places=2, default=0)
    living_tool = models.BooleanField("生产生活必需", default=False)
    operating = models.BooleanField("营运车辆", default=False)

    class Meta:
        """Few for each member."""

        verbose_name = "申报财产"

    def __str__(self) -> str:
        return f"{self.member_id}:{self.kind}"


class DeclaredExpense(models.Model):
    """Unavoidable expenditure that a member declares, over the look-back period."""

    class Topic(models.TextChoices):
        """What it was for."""

        MEDICAL = "medical", "医疗"
        EDUCATION = "education", "教育"
        DISABILITY = "disability", "残疾康复"
        ACCIDENT = "accident", "突发事故"

    member = models.ForeignKey(Member, verbose_name="成员", on_delete=models.CASCADE, related_name="expenses")
    topic = models.CharField("支出项目", max_length=12, choices=Topic)
    amount = models.DecimalField("金额", max_digits=12, decimal_places=2)

    class Meta:
        """Few for each member."""

        verbose_name = "申报刚性支出"

    def __str__(self) -> str:
        return f"{self.member_id}:{self.topic}"
