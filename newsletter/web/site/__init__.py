"""The publication's own site: pages to read, forms to join, choose, answer and leave."""

from newsletter.web.site.application import app
from newsletter.web.site.site import Site

__all__ = ["Site", "app"]
