"""What welfare keeps."""

from onecity.domains.welfare.models.aids import Benefit, Publication
from onecity.domains.welfare.models.applications import (
    Application,
    DeclaredAsset,
    DeclaredExpense,
    DeclaredIncome,
    Member,
)
from onecity.domains.welfare.models.consents import Authorisation
from onecity.domains.welfare.models.rechecks import Recheck, RecheckResult
from onecity.domains.welfare.models.settings import CheckingBody, DepartmentSource, PolicyTable
from onecity.domains.welfare.models.verifications import (
    AskedSubject,
    DepartmentQuery,
    Report,
    ReportFinding,
    SigningKey,
    Verification,
)

__all__ = [
    "Application",
    "AskedSubject",
    "Authorisation",
    "Benefit",
    "CheckingBody",
    "DeclaredAsset",
    "DeclaredExpense",
    "DeclaredIncome",
    "DepartmentQuery",
    "DepartmentSource",
    "Member",
    "PolicyTable",
    "Publication",
    "Recheck",
    "RecheckResult",
    "Report",
    "ReportFinding",
    "SigningKey",
    "Verification",
]
