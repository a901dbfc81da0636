"""Plans (应急预案) as structured data: versions that are drafted, published, and never altered afterwards."""

from django.db import models
from django.db.models import Q

from onecity.domains.emergency.rules.codes import RESPONSE_LEVELS
from onecity.domains.emergency.rules.plans import STEP_MINUTES

LEVELS = list(RESPONSE_LEVELS.items())


class Plan(models.Model):
    """A plan; what holds is its published version. kind_prefix: of the incidents that it is for; empty for all."""

    class Kind(models.TextChoices):
        """Where it stands in the system of plans."""

        OVERALL = "overall", "总体应急预案"
        SPECIAL = "special", "专项应急预案"
        DEPARTMENT = "department", "部门应急预案"
        LOCAL = "local", "基层应急预案"
        EVENT = "event", "重大活动应急预案"

    code = models.CharField("预案编码", max_length=40, unique=True)
    name = models.CharField("预案名称", max_length=120)
    kind = models.CharField("预案类别", max_length=12, choices=Kind)
    kind_prefix = models.CharField("事件类型前缀", max_length=5, blank=True)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="编制机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField("创建时间")

    class Meta:
        """Listed by body, newest first."""

        verbose_name = "应急预案"
        indexes = [models.Index(fields=["organisation", "-created_at", "-id"], name="emergency_plan_keyset")]

    def __str__(self) -> str:
        return self.name


class PlanVersion(models.Model):
    """One version of a plan. review_by: by when it must be looked through again."""

    class State(models.TextChoices):
        """Where it stands."""

        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"
        RETIRED = "retired", "已失效"

    plan = models.ForeignKey(Plan, verbose_name="应急预案", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField("版本号")
    purpose = models.TextField("编制目的与适用范围", blank=True)
    review_by = models.DateField("评估修订期限", null=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    author = models.ForeignKey(
        "identity.Account", verbose_name="编制人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    publisher = models.ForeignKey(
        "identity.Account", verbose_name="发布人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField("变更时间")
    published_at = models.DateTimeField("发布时间", null=True)

    class Meta:
        """Numbered within the plan; one draft and one published version at a time."""

        verbose_name = "预案版本"
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="emergency_version_once"),
            models.UniqueConstraint(fields=["plan"], condition=Q(state="published"), name="emergency_one_published"),
            models.UniqueConstraint(fields=["plan"], condition=Q(state="draft"), name="emergency_one_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}:{self.number}"


class PlanLevel(models.Model):
    """A response level: when it is started, what it means. level: 1 the highest."""

    version = models.ForeignKey(PlanVersion, verbose_name="预案版本", on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField("响应级别", choices=LEVELS)
    conditions = models.TextField("启动条件")
    measures = models.TextField("响应措施", blank=True)

    class Meta:
        """One of each level."""

        verbose_name = "响应分级"
        constraints = [models.UniqueConstraint(fields=["version", "level"], name="emergency_level_once")]

    def __str__(self) -> str:
        return f"{self.version_id}:{self.level}"


class PlanGroup(models.Model):
    """A working group (工作组) of the command, and the body that leads it."""

    version = models.ForeignKey(PlanVersion, verbose_name="预案版本", on_delete=models.PROTECT, related_name="+")
    code = models.CharField("工作组编码", max_length=20)
    name = models.CharField("工作组名称", max_length=60)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="牵头单位", on_delete=models.PROTECT, related_name="+"
    )
    duties = models.CharField("职责", max_length=400, blank=True)

    class Meta:
        """One of each code."""

        verbose_name = "应急工作组"
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="emergency_group_once")]

    def __str__(self) -> str:
        return self.name


class PlanStep(models.Model):
    """Something that a group does from a response level on. weakest_level: the lowest level at which it is done."""

    version = models.ForeignKey(PlanVersion, verbose_name="预案版本", on_delete=models.PROTECT, related_name="+")
    serial = models.PositiveIntegerField("序号")
    group = models.ForeignKey(
        PlanGroup, verbose_name="应急工作组", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    title = models.CharField("处置步骤", max_length=100)
    detail = models.CharField("步骤说明", max_length=600, blank=True)
    weakest_level = models.PositiveSmallIntegerField("最低响应级别", choices=LEVELS, default=4)
    limit_minutes = models.PositiveIntegerField(
        "时限（分钟）", choices=[(item, str(item)) for item in STEP_MINUTES], default=60
    )

    class Meta:
        """In order."""

        verbose_name = "预案步骤"
        constraints = [models.UniqueConstraint(fields=["version", "serial"], name="emergency_step_serial_once")]

    def __str__(self) -> str:
        return self.title


class PlanResource(models.Model):
    """What the plan counts on."""

    class Kind(models.TextChoices):
        """What it is."""

        TEAM = "team", "应急队伍"
        SUPPLY = "supply", "应急物资"
        SHELTER = "shelter", "避难场所"
        EXPERT = "expert", "专家"
        OTHER = "other", "其他"

    version = models.ForeignKey(PlanVersion, verbose_name="预案版本", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("资源类别", max_length=10, choices=Kind)
    name = models.CharField("资源名称", max_length=80)
    amount = models.PositiveIntegerField("数量")
    unit = models.CharField("计量单位", max_length=10)

    class Meta:
        """One of each name."""

        verbose_name = "预案资源"
        constraints = [models.UniqueConstraint(fields=["version", "kind", "name"], name="emergency_needed_once")]

    def __str__(self) -> str:
        return self.name
