"""What a form that saves itself asks and is told, see portal.js."""

import datetime as dt

from django.forms import BaseForm
from django.http import HttpRequest, JsonResponse
from django.utils import timezone


def saves_itself(request: HttpRequest) -> bool:
    """Say whether the page's script posts, and no person pressed a button."""
    return "X-Autosave" in request.headers


def saved(revision: int, *, at: dt.datetime) -> JsonResponse:
    """Tell what the next save is made from, and when this one was."""
    clock = f"{timezone.localtime(at):%H:%M:%S}"
    return JsonResponse({"revision": revision, "saved_at": clock})


def not_saved(message: str, *, status: int) -> JsonResponse:
    """Tell why nothing was saved; 409 ends it, after 422 the next change tries."""
    return JsonResponse({"message": message}, status=status)


def first_error(form: BaseForm) -> str:
    """The first thing that is wrong, with the name of its field."""
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        return f"{label}: {errors[0]}" if label else str(errors[0])
    return ""
