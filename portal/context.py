"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, object]:
    """Say whether this is the demo, and under which membership the person acts."""
    return {"demo": settings.DEMO, "acting": getattr(request, "acting", None)}
