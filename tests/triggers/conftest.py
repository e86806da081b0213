"""What the tests of triggers share."""

from hypothesis import settings

# A loaded machine makes an example slow, which says nothing about the rule that it is an example of.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
