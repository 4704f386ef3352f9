"""Lists and pages of reports, and the writing of a quarter's."""

import uuid
from collections.abc import Collection, Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import EDITOR_ROLES, Acting, Event, Role
from accounts.permissions import Decision
from accounts.views.access import ActingRequest, acting_required
from hazards import permissions
from hazards.forms.filters import ReportFilterForm
from hazards.forms.reports import DraftForm
from hazards.forms.reviews import ReturnForm
from hazards.models import HazardStatement, ReportVersion, SelfInspectionReport
from hazards.queries.changes import changes_since_receipt
from hazards.queries.comments import comments_of, open_comments
from hazards.queries.filing import filing_page
from hazards.queries.hazard_pages import unregistered
from hazards.queries.later_signatures import later_signature
from hazards.queries.ledger import live_table
from hazards.queries.report_lists import report_list_page
from hazards.queries.report_pages import report_page, seal_of, sealed_content
from hazards.queries.timelines import timeline_of
from hazards.rules.quarters import Quarter
from hazards.services import reports
from hazards.services.versions import IncompleteError, StaleSaveError
from hazards.templatetags.report_names import edit_url
from hazards.views.autosave import first_error, not_saved, saved, saves_itself
from hazards.workflow import ReportAction


def get_report(request: ActingRequest, public_id: uuid.UUID) -> SelfInspectionReport:
    """Return the report, or 404 where this person should not know it exists."""
    visible = SelfInspectionReport.objects.visible_to(request.acting)
    return get_object_or_404(
        visible.select_related("enterprise", "bureau", "hazard", "reviewer__user"),
        public_id=public_id,
    )


@acting_required
def index(request: ActingRequest) -> HttpResponse:
    """List the reports that the person may see, newest first."""
    form = ReportFilterForm(request.GET, on=request.acting.on)
    page = report_list_page(
        request.acting, wanted=form.wanted(), after=request.GET.get("after", "")
    )
    return TemplateResponse(
        request, "hazards/reports/index.html", {"page": page, "form": form}
    )


@require_POST
@acting_required
def start(request: ActingRequest) -> HttpResponse:
    """Open a quarter's report, or go on with the one there is."""
    try:
        quarter = Quarter.parse(request.POST.get("quarter", ""))
    except ValueError as error:
        raise Http404 from error
    report = reports.start(quarter=quarter, by=request.acting, at=timezone.now())
    if permissions.may_edit(request.acting, report):
        return redirect("report-edit", report.public_id)
    return redirect("report", report.public_id)


@acting_required
def detail(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show a report: where it stands, what it says, what happened to it."""
    return detail_page(request, get_report(request, public_id))


def detail_page(
    request: ActingRequest,
    report: SelfInspectionReport,
    *,
    return_form: ReturnForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the report's page; a refused reason stands where it was typed."""
    acting = request.acting
    may = permissions.may_each(acting, report)
    return TemplateResponse(
        request,
        "hazards/reports/detail.html",
        {
            "page": report_page(report, seen_by=acting, at=timezone.now()),
            "report": report,
            "events": timeline_of(report, seen_by=acting),
            "may_edit": permissions.may_edit(acting, report),
            "may": {action.name.lower(): may[action] for action in may},
            "commenting": _commenting(may, return_form),
            "comments": open_comments(report),
            "to_register": _to_register(acting, report),
        },
        status=status,
    )


def _to_register(acting: Acting, report: SelfInspectionReport) -> list[HazardStatement]:
    """What a member who does not write the draft may yet put on record."""
    if permissions.may_edit(acting, report):
        return []
    return unregistered(report) if permissions.may_register(acting, report) else []


def _commenting(
    may: Mapping[ReportAction, Decision], typed: ReturnForm | None
) -> ReturnForm | None:
    """The form of who may return the report; nobody else sees where to comment."""
    if not may[ReportAction.RETURN_FOR_CORRECTION]:
        return None
    return typed or ReturnForm()


@acting_required
def edit(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Write the open version; one page, saved by itself where JavaScript runs."""
    report = get_report(request, public_id)
    if not report.is_quarterly:
        return redirect("hazard-report-edit", report.public_id)
    decision = permissions.may_edit(request.acting, report)
    if (
        not decision
        and request.method == "GET"
        and has_moved_on(request, report, EDITOR_ROLES)
    ):
        return redirect("report", report.public_id)
    decision.require()
    version = report.versions.get(sealed_at__isnull=True)
    version.report = report
    if request.method != "POST":
        form = DraftForm(initial=DraftForm.initial_of(version), version=version)
        return _edit_page(request, version, form)
    form = DraftForm(request.POST, version=version)
    if not form.is_valid():
        if saves_itself(request):
            return not_saved(first_error(form), status=422)
        return _edit_page(request, version, form, status=422)
    return _save(request, version, form)


def has_moved_on(
    request: ActingRequest, report: SelfInspectionReport, roles: Collection[Role]
) -> bool:
    """
    Tell those whose page it was that it is past, as after the browser's back button:
    no fault of theirs, the report's own page says where it stands.
    """
    own = request.acting.enterprise == report.enterprise
    past = own and request.acting.role in roles
    if past:
        messages.info(
            request,
            _("The report is “%(status)s” now.")
            % {"status": report.get_status_display()},
        )
    return past


def _save(
    request: ActingRequest, version: ReportVersion, form: DraftForm
) -> HttpResponse:
    """Store what was typed, then go where the pressed button says."""
    quietly = saves_itself(request)
    report, now = version.report, timezone.now()
    try:
        version = reports.save_draft(
            report_id=report.pk,
            made_from=form.cleaned_data["revision"],
            draft=form.draft(),
            inspection_ids=[visit.pk for visit in form.cleaned_data["inspections"]],
            by=request.acting,
            at=now,
        )
    except StaleSaveError as error:
        if quietly:
            return not_saved(str(error), status=409)
        return _edit_page(request, _reread(version), form, stale=error, status=409)
    if quietly:
        return saved(version.revision, at=now)
    if "send" in request.POST:
        return _send(request, version, form)
    messages.success(request, _("Saved. Nobody but your enterprise sees a draft."))
    return redirect("report-edit", report.public_id)


def _reread(version: ReportVersion) -> ReportVersion:
    """What stands by now, after somebody else's save."""
    stands = ReportVersion.objects.select_related("saved_by__user").get(pk=version.pk)
    stands.report = version.report
    return stands


def _send(
    request: ActingRequest, version: ReportVersion, form: DraftForm
) -> HttpResponse:
    report = version.report
    try:
        reports.send_for_signature(
            report_id=report.pk, by=request.acting, at=timezone.now()
        )
    except IncompleteError:
        form = DraftForm(initial=DraftForm.initial_of(version), version=version)
        return _edit_page(request, version, form, is_refused=True, status=422)
    messages.success(
        request,
        _("Sent to the principal, who has been told. It is filed once signed."),
    )
    return redirect("report", report.public_id)


def _edit_page(
    request: ActingRequest,
    version: ReportVersion,
    form: DraftForm,
    *,
    stale: StaleSaveError | None = None,
    is_refused: bool = False,
    status: int = 200,
) -> HttpResponse:
    if stale is not None:
        # What was typed stays in the fields; saving again starts from what stands.
        typed = request.POST.copy()
        typed["revision"] = str(version.revision)
        form.data = typed
    return TemplateResponse(
        request,
        "hazards/reports/edit.html",
        {
            "report": version.report,
            "version": version,
            "form": form,
            "stale": stale,
            "is_refused": is_refused,
            "page": filing_page(version, on=request.acting.on),
            "return_note": last_return(version),
            "comments": open_comments(version.report),
            "table": live_table(version, on=request.acting.on),
        },
        status=status,
    )


def last_return(version: ReportVersion) -> str:
    """What the principal said when it came back last; a bureau comments on items."""
    came_back = ReportAction.RETURN_TO_TEAM.value
    event = (
        Event.objects.about(version.report)
        .filter(action__in=[ReportAction.RETURN_FOR_CORRECTION.value, came_back])
        .last()
    )
    return event.note if event and event.action == came_back else ""


@require_POST
@acting_required
def withdraw(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take the report back from the principal's desk."""
    report = get_report(request, public_id)
    reports.withdraw(report_id=report.pk, by=request.acting, at=timezone.now())
    messages.success(request, _("Taken back. You can change it and send it again."))
    return redirect(edit_url(report))


@require_POST
@acting_required
def send(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Send the draft as it stands to the principal."""
    report = get_report(request, public_id)
    permissions.may(request.acting, ReportAction.SEND_FOR_SIGNATURE, report).require()
    if not report.is_quarterly:
        # What is missing is told there.
        return redirect("hazard-report-edit", report.public_id)
    version = report.versions.get(sealed_at__isnull=True)
    version.report = report
    form = DraftForm(initial=DraftForm.initial_of(version), version=version)
    return _send(request, version, form)


@require_POST
@acting_required
def begin_correction(request: ActingRequest, public_id: uuid.UUID) -> HttpResponse:
    """Open the next version of a returned report."""
    report = get_report(request, public_id)
    reports.begin_correction(report_id=report.pk, by=request.acting, at=timezone.now())
    return redirect(edit_url(report))


@acting_required
def version(request: ActingRequest, public_id: uuid.UUID, ordinal: int) -> HttpResponse:
    """Show one signed version, from its sealed bytes."""
    report = get_report(request, public_id)
    seal = seal_of(report, ordinal=ordinal)
    if seal is None:
        raise Http404
    seal.version.report = report
    content = sealed_content(seal)
    return TemplateResponse(
        request,
        "hazards/reports/version.html",
        {
            "report": report,
            "version": seal.version,
            "seal": seal,
            "signed_later": later_signature(seal.version),
            "content": content,
            "comments": comments_of(seal.version),
            "difference": changes_since_receipt(seal.version, content),
        },
    )
