"""Photos and documents: taken in with a hazard, handed out to who may see them."""

import logging
import uuid

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import NotPermittedError, RefusedError
from accounts.views.access import ActingRequest, acting_required
from hazards import permissions
from hazards.models import (
    Attachment,
    MajorHazard,
    MediaType,
    SelfInspectionReport,
)
from hazards.queries.attachments import file_name
from hazards.services import attachments
from hazards.services.uploads import shown_name
from hazards.views.reports import get_report

log = logging.getLogger(__name__)

# Whatever a file may be after all, it does nothing in the reader's browser.
_INERT = "sandbox; default-src 'none'"


@require_POST
@acting_required
def add(
    request: ActingRequest, public_id: uuid.UUID, hazard: uuid.UUID
) -> HttpResponse:
    """Take in photos of a hazard; a script sends them one by one."""
    report = get_report(request, public_id)
    found = _get_hazard(request, hazard)
    if _is_script(request):
        return _add_one(request, report, found)
    permissions.may_edit(request.acting, report).require()
    saved = 0
    for file in request.FILES.getlist("photos"):
        try:
            _add(request, report, found, file)
        except NotPermittedError:
            raise
        except RefusedError as refused:
            messages.error(request, f"{shown_name(file.name or '')}: {refused}")
        else:
            saved += 1
    if saved:
        messages.success(
            request,
            ngettext("%(number)s file is saved.", "%(number)s files are saved.", saved)
            % {"number": saved},
        )
    elif not request.FILES:
        messages.error(request, _("Choose a photo or a PDF first."))
    return _back(report, found)


@require_POST
@acting_required
def remove(
    request: ActingRequest,
    public_id: uuid.UUID,
    hazard: uuid.UUID,
    attachment: uuid.UUID,
) -> HttpResponse:
    """Take a photo out of what the open version shows."""
    report = get_report(request, public_id)
    found = _get_hazard(request, hazard)
    photo = _get_attachment(request, attachment)
    attachments.remove_photo(
        report_id=report.pk,
        hazard_id=found.pk,
        attachment_id=photo.pk,
        by=request.acting,
    )
    messages.success(request, _("The report no longer shows this file."))
    return _back(report, found)


@require_safe
@acting_required
def full(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Hand out a file, and write down that it was."""
    attachment = _get_attachment(request, public_id)
    try:
        content = attachments.content_of(attachment)
    except attachments.DamagedFileError:
        return _damaged(request, attachment)
    attachments.record_download(attachment, by=request.acting, at=timezone.now())
    response = HttpResponse(content, content_type=attachment.media_type)
    kind = "attachment" if attachment.media_type == MediaType.PDF else "inline"
    name = file_name(attachment)
    response["Content-Disposition"] = f'{kind}; filename="{name}"'
    # Each look is written down, so each look comes here.
    response["Cache-Control"] = "private, no-store"
    return _inert(response)


@require_safe
@acting_required
def preview(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Hand out the small picture of an image, for pages."""
    attachment = _get_attachment(request, public_id)
    if not attachment.preview_sha256:
        raise Http404
    try:
        content = attachments.preview_of(attachment)
    except attachments.DamagedFileError:
        return _damaged(request, attachment)
    response = HttpResponse(content, content_type=MediaType.JPEG.value)
    response["Content-Disposition"] = "inline"
    # Kept by the browser, shown again only after asking: a role may have ended.
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = etag = f'"{attachment.preview_sha256}"'
    _inert(response)
    return get_conditional_response(request, etag=etag, response=response) or response


def _is_script(request: ActingRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _add(
    request: ActingRequest,
    report: SelfInspectionReport,
    hazard: MajorHazard,
    file: "UploadedFile[bytes]",
) -> Attachment:
    return attachments.add_photo(
        file,
        report_id=report.pk,
        hazard_id=hazard.pk,
        keep_position="keep_position" in request.POST,
        by=request.acting,
        at=timezone.now(),
    )


def _add_one(
    request: ActingRequest, report: SelfInspectionReport, hazard: MajorHazard
) -> HttpResponse:
    """Answer a script: the verified digest and how the file is shown, or the reason."""
    file = request.FILES.get("photos")
    if file is None:
        return JsonResponse(
            {"message": _("Choose a photo or a PDF first.")}, status=422
        )
    try:
        photo = _add(request, report, hazard, file)
    except NotPermittedError as refused:
        return JsonResponse({"message": str(refused)}, status=403)
    except RefusedError as refused:
        return JsonResponse({"message": str(refused)}, status=422)
    item = render_to_string(
        "hazards/attachments/_item.html",
        {"photo": photo, "report": report, "hazard": hazard, "editable": True},
        request,
    )
    return JsonResponse({"sha256": photo.sha256, "item": item}, status=201)


def _back(report: SelfInspectionReport, hazard: MajorHazard) -> HttpResponse:
    """To the photos on the hazard's page, where a phone would else show its top."""
    page = reverse("report-hazard", args=[report.public_id, hazard.public_id])
    return redirect(f"{page}#photos-of-{hazard.number}")


def _inert(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = _INERT
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _damaged(request: ActingRequest, attachment: Attachment) -> HttpResponse:
    """Say that the file is not what was stored; never show the bytes."""
    log.error("attachment %s is missing or damaged", attachment.public_id)
    reason = _(
        "This file is missing from our store or is no longer what was stored, so it is "
        "not shown: tell the operator, who has a backup."
    )
    context = {"status": 500, "reason": reason}
    return TemplateResponse(request, "refusal.html", context, status=500)


def _get_attachment(request: ActingRequest, public_id: uuid.UUID) -> Attachment:
    visible = Attachment.objects.visible_to(request.acting)
    return get_object_or_404(visible.select_related("enterprise"), public_id=public_id)


def _get_hazard(request: ActingRequest, public_id: uuid.UUID) -> MajorHazard:
    visible = MajorHazard.objects.visible_to(request.acting)
    return get_object_or_404(visible, public_id=public_id)
