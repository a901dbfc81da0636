"""Forms of environment."""

from onecity.domains.environment.forms.air import MethodForm, RecomputeForm

__all__ = ["MethodForm", "RecomputeForm"]
