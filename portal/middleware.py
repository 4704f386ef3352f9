"""Refusals on their way out."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.permissions import NotPermittedError, RefusedError
from portal.views import refusal


class RefusalMiddleware:
    """Turn a service's refusal into a page with its reason: 403, or 409."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        """Answer a refusal that no view turned into something better."""
        if isinstance(exception, NotPermittedError):
            return refusal(request, status=403, reason=str(exception))
        if isinstance(exception, RefusedError):
            return refusal(request, status=409, reason=str(exception))
        return None
