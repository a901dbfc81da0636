"""The documents capability's place among Django's applications."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Files with checksum, checked content and thumbnails."""

    name = "onecity.platform.documents"
    label = "documents"
    verbose_name = "文件与材料"
