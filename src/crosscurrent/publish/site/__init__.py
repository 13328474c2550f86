"""A site of notes: static files that any host serves; what was published never changes."""

from crosscurrent.publish.site.publishing import publish

__all__ = ["publish"]
