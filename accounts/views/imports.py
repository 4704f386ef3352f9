"""Taking in a list of enterprises: upload, preview, all or nothing."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.forms.enterprises import ImportForm
from accounts.models import EnterpriseImport
from accounts.permissions import RefusedError, may_import
from accounts.services import enterprise_files, enterprise_imports
from accounts.views.access import ActingRequest, acting_required

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A preview shows the first rows and the first errors; the rest is counted.
SHOWN = 200


@acting_required
def enterprise_import(request: ActingRequest) -> HttpResponse:
    """Upload a list."""
    may_import(request.acting).require()
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            row = enterprise_imports.upload(
                file=file,
                file_name=file.name,
                size=file.size,
                starts_on=form.cleaned_data["starts_on"],
                by=request.acting,
                at=timezone.now(),
            )
        except RefusedError as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("enterprise-import-preview", row.public_id)
    context = {"form": form, "columns": enterprise_files.COLUMNS}
    return TemplateResponse(request, "accounts/import.html", context)


@acting_required
def preview(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show what was read and what is wrong; a POST takes all of it in."""
    by = request.acting
    row = _get_import(request, public_id)
    may_import(by).require()
    if request.method == "POST":
        done = enterprise_imports.take_in(upload_=row, by=by, at=timezone.now())
        if done:
            messages.success(request, _("The enterprises are taken in."))
        else:
            messages.info(request, _("This list has been taken in before."))
        return redirect("enterprise-import-preview", row.public_id)
    context: dict[str, object] = {
        "upload": row,
        "starts_on": enterprise_imports.starts_on_of(row),
        "number": len(row.rows["lines"]),
    }
    if row.taken_in_at is None:
        rows = enterprise_imports.checked(row, on=by.on)
        wrong = [r for r in rows if r.errors]
        context |= {"rows": rows[:SHOWN], "wrong": wrong[:SHOWN], "errors": len(wrong)}
    else:
        waiting = enterprise_imports.waiting_principals(row, on=by.on)
        context["waiting"] = len(waiting)
    return TemplateResponse(request, "accounts/import_preview.html", context)


@never_cache
@require_POST
@acting_required
def invite_principals(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Invite the principals named in the list; the links are shown once."""
    row = _get_import(request, public_id)
    sent = enterprise_imports.invite_principals(
        upload_=row, by=request.acting, at=timezone.now()
    )
    links = [
        (
            one.invitation,
            request.build_absolute_uri(reverse("accept-invitation", args=[one.token])),
        )
        for one in sent
    ]
    context = {"upload": row, "links": links}
    return TemplateResponse(request, "accounts/import_invited.html", context)


@acting_required
def import_template(request: ActingRequest) -> HttpResponse:
    """Download the empty list."""
    may_import(request.acting).require()
    response = HttpResponse(enterprise_files.template(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="enterprises.xlsx"'
    return response


def _get_import(request: ActingRequest, public_id: uuid.UUID) -> EnterpriseImport:
    visible = EnterpriseImport.objects.visible_to(request.acting)
    return get_object_or_404(visible.select_related("bureau"), public_id=public_id)
