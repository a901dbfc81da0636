"""Settings for all tests: nothing is timed, so hypothesis has no deadline either."""

from hypothesis import settings

settings.register_profile("onecity", deadline=None)
settings.load_profile("onecity")
