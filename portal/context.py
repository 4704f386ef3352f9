"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.functional import SimpleLazyObject

from accounts.models import EDITOR_ROLES, Acting, User
from accounts.queries.inbox import count_unread


def portal(request: HttpRequest) -> dict[str, object]:
    """
    Say whether this is the demo, under which membership the person acts, and how many
    notices wait to be read (counted only by a page that shows it).
    """
    return {
        "demo": settings.DEMO,
        "acting": getattr(request, "acting", None),
        "reader_digest": _digest(request),
        "offline_page": _offline_page(request),
        "unread_notices": SimpleLazyObject(lambda: _unread(request)),
    }


def _digest(request: HttpRequest) -> str:
    """Whose page it is, for the browser to keep one person's text from another."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return ""
    return salted_hmac("portal.reader", str(user.pk)).hexdigest()[:20]


def _offline_page(request: HttpRequest) -> str:
    """The page that a device keeps for a shop floor without a network."""
    acting: Acting | None = getattr(request, "acting", None)
    if acting is None or acting.role not in EDITOR_ROLES:
        return ""
    return reverse("hazard-report-new")


def _unread(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    return count_unread(user=user) if isinstance(user, User) else 0
