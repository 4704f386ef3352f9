"""Under which membership a request acts, and how long a session may idle."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import Acting, User
from accounts.queries.memberships import acting_for

# A session's expiry is moved forward at most once in this many seconds of use.
TOUCH_SECONDS = 300


class ActingMiddleware:
    """Set `request.acting`: an `Acting`, or None for strangers and the unattached."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Find the membership, pass the request on."""
        request.acting = self._acting(request)  # type: ignore[attr-defined]
        return self.get_response(request)

    def _acting(self, request: HttpRequest) -> Acting | None:
        user = request.user
        if not isinstance(user, User):
            return None
        now = timezone.now()
        self._touch(request, now.timestamp())
        return acting_for(
            user=user,
            chosen=request.session.get("membership"),
            on=timezone.localdate(now),
        )

    def _touch(self, request: HttpRequest, now: float) -> None:
        """Move the idle limit forward, rarely enough not to write on every page."""
        if now - request.session.get("seen", 0) > TOUCH_SECONDS:
            request.session["seen"] = now
            request.session.set_expiry(settings.SESSION_COOKIE_AGE)
