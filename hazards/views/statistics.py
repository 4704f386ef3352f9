"""The statistics of quarters and years: on a page, as PDF and as a spreadsheet."""

import uuid

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.codes.years import YEARS
from accounts.models import Enterprise
from accounts.permissions import NotPermittedError
from accounts.queries.memberships import current_principal
from accounts.views.access import ActingRequest, acting_required
from hazards.forms.filters import FilterForm
from hazards.queries.report_pages import seal_of, sealed_content
from hazards.queries.statistics import statistics_page
from hazards.rules.quarters import Quarter
from hazards.rules.statistics_sheet import TITLE
from hazards.services.statistics_files import (
    Handed,
    of_the_ledger,
    of_the_receipt,
    sheet_pdf,
    sheet_rows,
)
from hazards.views.reports import get_report
from hazards.views.spreadsheets import XLSX_TYPE, xlsx_file

_WIDTHS = (40, 24, 24)


@acting_required
def statistics(request: ActingRequest) -> HttpResponse:
    """Show a quarter and its year; without a quarter, the one that is running."""
    enterprise = _enterprise(request)
    form = FilterForm(request.GET, on=request.acting.on)
    today = Quarter.containing(request.acting.on)
    chosen = form.cleaned_data.get("quarter") if form.is_valid() else None
    page = statistics_page(enterprise, chosen or today, on=request.acting.on)
    return TemplateResponse(
        request, "hazards/statistics/page.html", {"page": page, "form": form}
    )


@acting_required
def live_file(request: ActingRequest, quarter: str, file_format: str) -> HttpResponse:
    """Hand out the counts as the ledger stands; the sheet says that nobody signed."""
    enterprise, at = _enterprise(request), timezone.now()
    try:
        known = Quarter.parse(quarter)
    except ValueError as error:
        raise Http404 from error
    if known.year not in YEARS:
        raise Http404
    page = statistics_page(enterprise, known, on=request.acting.on)
    principal = current_principal(enterprise=enterprise, on=request.acting.on)
    handed = Handed(
        table=page.live,
        enterprise=enterprise.name,
        uscc=enterprise.uscc,
        principal=principal.user.full_name if principal else "",
        quarter=known,
        source=of_the_ledger(at),
        remarks=page.remarks,
    )
    if file_format == "pdf":
        return _answer(sheet_pdf(handed, at=at), f"statistics-{known}.pdf")
    return _book(handed, f"statistics-{known}.xlsx", file_format)


@acting_required
def signed_file(
    request: ActingRequest, public_id: uuid.UUID, ordinal: int, file_format: str
) -> HttpResponse:
    """Hand out the counts as they were signed with a version of a report."""
    report = get_report(request, public_id)
    seal = seal_of(report, ordinal=ordinal)
    content = sealed_content(seal) if seal else {}
    if seal is None or not content.get("table"):
        raise Http404
    handed = Handed(
        table=content["table"],
        enterprise=content["enterprise"]["name"],
        uscc=content["enterprise"]["uscc"],
        principal=content["principal"]["name"],
        quarter=report.quarter,
        source=of_the_receipt(seal.receipt_number, seal.received_at),
        remarks=content["statement"]["remarks"],
    )
    name = f"statistics-{report.quarter}-{seal.receipt_number}"
    if file_format == "pdf":
        return _answer(sheet_pdf(handed, at=seal.signed_at), f"{name}.pdf")
    return _book(handed, f"{name}.xlsx", file_format)


def _enterprise(request: ActingRequest) -> Enterprise:
    if request.acting.enterprise is None:
        raise NotPermittedError(
            _("These are an enterprise's own counts; a bureau finds them in reports.")
        )
    return request.acting.enterprise


def _book(handed: Handed, name: str, file_format: str) -> HttpResponse:
    if file_format != "xlsx":
        raise Http404
    book = xlsx_file(sheet_rows(handed), title=TITLE, widths=_WIDTHS)
    return _answer(book, name, content_type=XLSX_TYPE)


def _answer(
    content: bytes, name: str, *, content_type: str = "application/pdf"
) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)
