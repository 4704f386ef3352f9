"""Copies of record to take away, and what a person has signed."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import Membership, User
from accounts.views.access import ActingRequest, acting_required, reader
from hazards.forms.reports import ReasonForm
from hazards.models import Seal, SealKind
from hazards.queries.copies import made_by, signatures_page
from hazards.services import copies, repudiations
from hazards.views.reports import get_report


@never_cache
@require_GET
@acting_required
def report_copy(
    request: ActingRequest, public_id: uuid.UUID, ordinal: int
) -> HttpResponse:
    """Hand out the copy of record of a received version."""
    report = get_report(request, public_id)
    received = Seal.objects.exclude(kind=SealKind.LATER_SIGNATURE)
    seal = get_object_or_404(
        received.select_related("version__report__enterprise"),
        version__report=report,
        version__ordinal=ordinal,
    )
    return _file(seal, to=request.acting.user, membership=request.acting.membership)


@never_cache
@require_GET
@acting_required
def report_later_copy(
    request: ActingRequest, public_id: uuid.UUID, ordinal: int
) -> HttpResponse:
    """Hand out the copy of record of the signature put under a version later."""
    report = get_report(request, public_id)
    seal = get_object_or_404(
        Seal.objects.select_related("version__report__enterprise"),
        kind=SealKind.LATER_SIGNATURE,
        version__report=report,
        version__ordinal=ordinal,
    )
    return _file(seal, to=request.acting.user, membership=request.acting.membership)


@login_required
def signatures(request: HttpRequest) -> HttpResponse:
    """List what the reader has ever signed, whatever role they hold now, even none."""
    page = signatures_page(reader(request), after=request.GET.get("after", ""))
    return TemplateResponse(request, "hazards/copies/signatures.html", {"page": page})


@never_cache
@require_GET
@login_required
def signature_copy(request: HttpRequest, receipt: str) -> HttpResponse:
    """Hand out the copy of record of the reader's own signature."""
    seal = _own(request, receipt)
    acting = getattr(request, "acting", None)
    return _file(
        seal, to=reader(request), membership=acting.membership if acting else None
    )


@login_required
def signature_repudiate(request: HttpRequest, receipt: str) -> HttpResponse:
    """Ask what happened, and put on record that the reader denies the signature."""
    seal = _own(request, receipt)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        repudiations.repudiate(
            seal_id=seal.pk,
            reason=form.cleaned_data["reason"],
            by=reader(request),
            at=timezone.now(),
        )
        messages.success(
            request,
            _(
                "On the record. The team, the principal in office and the bureau have "
                "been told. Change your password now if others may know it."
            ),
        )
        return redirect("signatures")
    return TemplateResponse(
        request,
        "hazards/copies/repudiate.html",
        {"seal": seal, "form": form},
        status=422 if form.errors else 200,
    )


def _own(request: HttpRequest, receipt: str) -> Seal:
    return get_object_or_404(made_by(reader(request)), receipt_number=receipt)


def _file(seal: Seal, *, to: User, membership: Membership | None) -> HttpResponse:
    content = copies.hand_out(seal, to=to, membership=membership, at=timezone.now())
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{seal.receipt_number}.pdf"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        },
    )
