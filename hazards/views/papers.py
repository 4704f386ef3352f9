"""Entering a report that came on paper."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.codes import uscc
from accounts.models import Enterprise
from accounts.permissions import RefusedError
from accounts.services import credentials
from accounts.views.access import ActingRequest, acting_required
from hazards import permissions
from hazards.forms.papers import (
    HazardPaperForm,
    PaperForm,
    PlanPaperForm,
    ReceiptForm,
)
from hazards.forms.reports import SignForm
from hazards.models import Attachment, MajorHazard, ReportKind, Seal, SealKind
from hazards.rules.statements import ENTERED_FROM_PAPER, HAZARD_FROM_PAPER, statement
from hazards.services import papers
from hazards.views import kept_files


class ProofForm(SignForm):
    """Fresh proof without bytes shown before: what is typed is what is sealed."""

    shown = None  # type: ignore[assignment]


@sensitive_post_parameters("password", "code")
@never_cache
@acting_required
def new(request: ActingRequest) -> HttpResponse:
    """Find the enterprise, then type what its paper says, and sign for it."""
    permissions.may_enter_papers(request.acting).require()
    enterprise = _enterprise(request)
    if enterprise is None:
        return _find_page(request)
    permissions.may_enter_paper(request.acting, enterprise).require()
    if request.method != "POST":
        return _page(request, enterprise, _form(request, enterprise))
    return _enter(request, enterprise)


def _enterprise(request: ActingRequest) -> Enterprise | None:
    """
    The enterprise asked for; None as long as none was found.

    :raises Http404: if the page names one that is out of sight
    """
    asked = request.POST if request.method == "POST" else request.GET
    seen = Enterprise.objects.visible_to(request.acting).select_related("county")
    if "enterprise" in asked:
        try:
            found = seen.filter(public_id=asked["enterprise"]).first()
        except ValidationError as error:
            raise Http404 from error
        if found is None:
            raise Http404
        return found
    code = uscc.normalize(asked.get("uscc", ""))
    return seen.filter(uscc=code).first() if code else None


def _kind(request: ActingRequest) -> ReportKind:
    """Which kind of report is on the paper; a quarter's if the page does not say."""
    asked = request.POST if request.method == "POST" else request.GET
    try:
        return ReportKind(asked.get("kind") or ReportKind.QUARTERLY)
    except ValueError as error:
        raise Http404 from error


def _form(request: ActingRequest, enterprise: Enterprise) -> ReceiptForm:
    """The form of the kind of paper, with what was posted if it was."""
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    kind, on = _kind(request), request.acting.on
    if kind == ReportKind.HAZARD:
        return HazardPaperForm(*posted, on=on)
    if kind == ReportKind.PLAN:
        known = MajorHazard.objects.visible_to(request.acting)
        hazards = known.on_the_books().filter(enterprise=enterprise).order_by("number")
        return PlanPaperForm(*posted, hazards=hazards)
    return PaperForm(*posted, on=on)


def _enter(request: ActingRequest, enterprise: Enterprise) -> HttpResponse:
    form = _form(request, enterprise)
    proving = ProofForm(request.POST)
    valid = all([form.is_valid(), proving.is_valid()])
    now = timezone.now()
    scan = None
    try:
        # Before anything else is refused: a file cannot be sent back to its page.
        if valid or form.cleaned_data.get("scan"):
            scan = kept_files.take(
                request,
                enterprise,
                upload=form.cleaned_data["scan"],
                named=form.cleaned_data["kept"],
            )
        if scan is None or not valid:
            return _page(
                request, enterprise, form, proving=proving, scan=scan, status=422
            )
        proof = credentials.prove(
            user=request.acting.user,
            password=proving.cleaned_data["password"],
            code=proving.cleaned_data["code"],
            at=now,
        )
        seal = papers.enter_paper(
            enterprise=enterprise,
            paper=form.paper(scan),
            proof=proof,
            by=request.acting,
            at=now,
        )
    except papers.AlreadyReceivedError as error:
        if not _is_own(request, error.seal, scan):
            return _refused(request, enterprise, form, proving, error, scan=scan)
        seal = error.seal
    except RefusedError as error:
        return _refused(request, enterprise, form, proving, error, scan=scan)
    messages.success(
        request,
        _("Entered and received under %(receipt)s. The enterprise has been told.")
        % {"receipt": seal.receipt_number},
    )
    return redirect("report", seal.version.report.public_id)


def _is_own(request: ActingRequest, seal: Seal, scan: Attachment | None) -> bool:
    """A second press of the button finds the work done, not a refusal."""
    return (
        seal.kind == SealKind.PAPER
        and seal.signed_by_id == request.acting.membership.pk
        and scan is not None
        and seal.version.paper.scan_id == scan.pk
    )


def _refused(
    request: ActingRequest,
    enterprise: Enterprise,
    form: ReceiptForm,
    proving: SignForm,
    error: RefusedError,
    *,
    scan: Attachment | None,
) -> HttpResponse:
    """The page again, with what was typed, the sentence, and the scan that is kept."""
    wrong = credentials.WrongCredentialError | credentials.TooSoonError
    if isinstance(error, wrong):
        proving.add_error("password", str(error))
    elif scan is None:
        form.add_error("scan", str(error))
    else:
        form.add_error(None, str(error))
    return _page(request, enterprise, form, proving=proving, scan=scan, status=422)


def _page(
    request: ActingRequest,
    enterprise: Enterprise,
    form: ReceiptForm,
    *,
    proving: SignForm | None = None,
    scan: Attachment | None = None,
    status: int = 200,
) -> HttpResponse:
    kind = _kind(request)
    if scan is None and form.is_bound:
        scan = kept_files.kept_before(request, enterprise)
    return TemplateResponse(
        request,
        "hazards/papers/new.html",
        {
            "enterprise": enterprise,
            "paper": form,
            "kept": scan,
            "form": proving or ProofForm(),
            "has_factor": credentials.has_factor(user=request.acting.user),
            "kind": kind,
            "kinds": ReportKind,
            "statement": statement(
                ENTERED_FROM_PAPER
                if kind == ReportKind.QUARTERLY
                else HAZARD_FROM_PAPER,
                on=request.acting.on,
            ),
        },
        status=status,
    )


def _find_page(request: ActingRequest) -> HttpResponse:
    typed = (request.POST if request.method == "POST" else request.GET).get("uscc", "")
    return TemplateResponse(
        request,
        "hazards/papers/find.html",
        {"typed": typed, "sought": bool(typed)},
        status=422 if typed else 200,
    )
