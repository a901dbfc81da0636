"""The city's settings with one address more."""

from onecity.project.settings import *  # noqa: F403  # exactly the city's own

ROOT_URLCONF = "benchmarks.web_urls"
