"""The welfare domain's place among Django's applications."""

from django.apps import AppConfig


class WelfareConfig(AppConfig):
    """Households apply and consent; what they declared is compared with what departments know."""

    name = "onecity.domains.welfare"
    label = "welfare"
    verbose_name = "社会救助"
