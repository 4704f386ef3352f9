"""The inbox: what the portal has told a person."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Notice, User
from accounts.queries.inbox import inbox_page, is_unread, ways_out
from accounts.services import notices as service
from accounts.views.access import reader


@login_required
def notices(request: HttpRequest) -> HttpResponse:
    """List a person's notices, newest first."""
    after = request.GET.get("after", "")
    page = inbox_page(user=reader(request), after=after)
    return TemplateResponse(request, "accounts/notices.html", {"page": page})


@login_required
def notice(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show a notice; a POST marks it as read and goes where it points."""
    user = reader(request)
    row = _get_notice(user, public_id)
    if request.method == "POST":
        service.mark_read(user=user, notices=[row], at=timezone.now())
        return redirect(row.path or "notices")
    ways = ways_out(row)
    context = {
        "notice": row,
        "is_unread": is_unread(row),
        "ways": ways,
        "undelivered": any(way.is_given_up for way in ways),
    }
    return TemplateResponse(request, "accounts/notice.html", context)


@require_POST
@login_required
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    service.mark_read(user=reader(request), at=timezone.now())
    messages.success(request, _("All notices are marked as read."))
    return redirect("notices")


def _get_notice(user: User, public_id: uuid.UUID) -> Notice:
    return get_object_or_404(Notice.objects.visible_to(user), public_id=public_id)
