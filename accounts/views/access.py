"""What a page may ask of a request before it begins."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from accounts.models import Acting, User
from accounts.permissions import NotPermittedError

P = ParamSpec("P")


class ActingRequest(HttpRequest):
    """A request of somebody signed in, under exactly one membership."""

    acting: Acting


def acting_required(
    view: Callable[Concatenate[ActingRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Send strangers to sign in; tell those without any membership what to do."""

    def inner(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.acting is None:
            raise NotPermittedError(
                _(
                    "You hold no role today, in any enterprise or bureau: ask whoever "
                    "invited you, or your bureau, to invite you again."
                )
            )
        return view(request, *args, **kwargs)

    # Not as a decorator: mypy would keep the narrower request of the view.
    update_wrapper(inner, view)
    return inner


def reader(request: HttpRequest) -> User:
    """
    Return who is signed in, whether or not under a membership.

    :raises Http404: for a stranger
    """
    if not isinstance(request.user, User):
        raise Http404
    return request.user
