"""Refusals on their way out."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from accounts.permissions import NotPermittedError, RefusedError
from portal.views import bad_request, refusal


class RefusalMiddleware:
    """
    Turn a service's refusal into a page with its reason: 403, or 409; and a statement
    that the database cut short into one that says so: 503.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, unless it holds what the database cannot store."""
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request, SuspiciousOperation())
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            return _not_by_address(request, response)
        return response

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        """Answer a refusal that no view turned into something better."""
        if isinstance(exception, NotPermittedError):
            return refusal(request, status=403, reason=str(exception))
        if isinstance(exception, RefusedError):
            return refusal(request, status=409, reason=str(exception))
        if isinstance(exception, OperationalError) and isinstance(
            exception.__cause__, QueryCanceled
        ):
            return refusal(
                request,
                status=503,
                title=_("This took too long"),
                reason=_(
                    "This took too long and was stopped; nothing was saved. Try again "
                    "in a moment, with a narrower search if you searched."
                ),
            )
        return None


def _not_by_address(
    request: HttpRequest, refused: HttpResponseNotAllowed
) -> HttpResponse:
    """Whoever types or reloads the address of a button gets a page, not a blank one."""
    response = refusal(
        request,
        status=405,
        reason=_("Nothing was done. Go back to the page and press its button again."),
    )
    response["Allow"] = refused["Allow"]
    return response


class LargestRequestMiddleware:
    """
    Refuse a request that says it is larger than any of ours, before its body is read.
    One that does not say its size has no body for Django.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, or answer 413."""
        said = request.META.get("CONTENT_LENGTH") or "0"
        if not said.isdigit() or int(said) <= settings.LARGEST_REQUEST:
            return self.get_response(request)
        return refusal(
            request,
            status=413,
            title=_("Too much at once"),
            reason=_(
                "More than %(megabytes)s MB were sent at once: choose fewer or smaller "
                "files and send them again."
            )
            % {"megabytes": settings.LARGEST_REQUEST // 1024**2},
        )


class ClearedDeviceMiddleware:
    """Whoever signs out leaves nothing on the device: kept pages, what was not sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Tell the browser to clear what it holds of this portal, after a sign-out."""
        signs_out = request.method == "POST" and request.path == reverse(
            "account_logout"
        )
        response = self.get_response(request)
        if signs_out and not request.user.is_authenticated:
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response
