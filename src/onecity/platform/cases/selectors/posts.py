"""The posts that processes know: permissions of those who end tasks, decide requests or assist."""

from onecity.platform.cases.models import CaseTypeVersion
from onecity.platform.cases.registries import permission_names
from onecity.platform.cases.selectors.remembered import Remembered
from onecity.platform.cases.selectors.versions import version


def _load(_: None) -> frozenset[str]:
    ids = CaseTypeVersion.objects.exclude(state=CaseTypeVersion.State.DRAFT).values_list("id", flat=True)
    versions = [version(item) for item in ids]
    posts = {task.post for item in versions for task in item.process.diagram.user_tasks.values()}
    posts |= {rule.approver for item in versions for rule in item.settings.requests.values()}
    return frozenset(posts | {rule.post for item in versions for rule in item.settings.joint.values()}) - {""}


_posts: Remembered[None, frozenset[str]] = Remembered(_load)


def known_posts() -> frozenset[str]:
    """Return the posts of all versions that are or were published."""
    return _posts[None]


def post_choices() -> list[tuple[str, str]]:
    """Return the posts with their names, in the order of names."""
    names = permission_names()
    return sorted(((code, names.get(code, code)) for code in known_posts()), key=lambda pair: pair[1])
