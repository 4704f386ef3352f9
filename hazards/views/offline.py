"""Pages that a device may keep, to be filled without a network."""

from django.http import HttpResponse


def kept_offline(page: HttpResponse) -> HttpResponse:
    """Mark a page as one that a device may keep (static/offline-worker.js)."""
    page["X-Keep-Offline"] = "1"
    return page
