"""Django's settings, all drawn from the environment object."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from onecity.kernel import clock
from onecity.project import env as environment
from onecity.project.logs import logging_settings
from onecity.project.modules import MODULES

ENV = environment.load(os.environ)
PACKAGE = Path(__file__).resolve().parent.parent

clock.use_file(ENV.city_time_file)


def database(url: str) -> dict[str, Any]:
    """Return Django's settings for a `postgresql://` address; `?host=` names a unix socket's folder."""
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
        "TEST": {"TEMPLATE": "onecity_template"},
    }


SECRET_KEY = ENV.secret_key
DEBUG = False
ALLOWED_HOSTS = list(ENV.allowed_hosts)
DATABASES = {"default": database(ENV.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "onecity.project.urls"
APPEND_SLASH = False

INSTALLED_APPS = [
    "django.contrib.gis",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "onecity.web.apps.NoticesConfig",
    "procrastinate.contrib.django",
    "onecity.web",
    *MODULES,
    "onecity.project",
]
MIDDLEWARE = [
    "onecity.web.middleware.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "onecity.web.middleware.LanguageMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "onecity.platform.identity.middleware.SignOnMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "onecity.web.uploads.ScriptedUploadMiddleware",
    "onecity.web.middleware.ErrorMiddleware",
    "onecity.platform.identity.middleware.IdempotencyMiddleware",
    "onecity.web.middleware.AccessMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "onecity.web.shell.context",
            ],
            "builtins": ["onecity.web.templatetags.city", "django.templatetags.i18n", "django.templatetags.static"],
        },
    },
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "kernel" / "locale"]  # the kernel is no Django application
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = ENV.state / "static"
STATICFILES_DIRS = [("vendor", ENV.state / "vendor")]
STORAGES = {
    "default": {
        "BACKEND": "onecity.platform.documents.storage.DurableFileStorage",
        "OPTIONS": {"location": str(ENV.media)},
    },
    "staticfiles": {"BACKEND": "onecity.web.staticfiles.HashedStaticFiles"},
}
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
FILE_UPLOAD_HANDLERS = ["onecity.web.uploads.BoundedUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

PASSWORD_HASHERS = ["onecity.platform.identity.passwords.PBKDF2SM3PasswordHasher"]

CSRF_COOKIE_NAME = "onecity_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = ENV.behind_tls
CSRF_FAILURE_VIEW = "onecity.web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if ENV.behind_tls else 0
X_FRAME_OPTIONS = "DENY"
if ENV.behind_tls:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = logging_settings(ENV.log_level)
LOGGING_CONFIG = "logging.config.dictConfig"
# gis.W001: GDAL parses no geometry that comes from outside; PostGIS does.
SILENCED_SYSTEM_CHECKS = ["gis.W001"]
NINJA_PAGINATION_MAX_LIMIT = 500
