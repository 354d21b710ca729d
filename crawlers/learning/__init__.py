"""Learned selectors: a site without structured data is read in full a few times, then by what that taught."""

from crawlers.learning.proposing import propose
from crawlers.learning.site import SiteLearner

__all__ = ["SiteLearner", "propose"]
