"""Property tests of the rules run without a limit on single examples: the first one also builds the calendar."""

from hypothesis import settings

settings.register_profile("rules", deadline=None)
settings.load_profile("rules")
