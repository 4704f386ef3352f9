"""The operator's page of the clock."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.views.access import ActingRequest, acting_required
from hazards import permissions
from hazards.forms.clock import ParkedForm
from hazards.models import ClockFault, Scan
from hazards.queries import vitals as reads
from hazards.services import scans

RUNS_SHOWN = 20
FAULTS_SHOWN = 25
OPENINGS_SHOWN = 6


@require_safe
@acting_required
def clock(request: ActingRequest) -> HttpResponse:
    """Show what the clock did, what waits, and what it could not do."""
    permissions.may_watch_clock(request.acting).require()
    at = timezone.now()
    checks = reads.last_self_checks()
    context = {
        "now": at,
        "vitals": reads.vitals(at=at),
        "waits": reads.waits_by_kind(at=at),
        "counted_up_to": reads.COUNTED_UP_TO,
        "heartbeat": reads.heartbeat(),
        "runs": [
            (run, reads.is_cut_short(run, at=at))
            for run in reads.latest_runs(count=RUNS_SHOWN)
        ],
        "parked": reads.parked_runs()[:RUNS_SHOWN],
        "faults": ClockFault.objects.select_related("enterprise", "bureau").order_by(
            "-at"
        )[:FAULTS_SHOWN],
        "openings": reads.latest_openings(count=OPENINGS_SHOWN),
        "checks": checks,
        "drift": reads.drift_by_kind(checks),
    }
    return TemplateResponse(request, "hazards/clock/clock.html", context)


@require_POST
@acting_required
def settle_parked(request: ActingRequest) -> HttpResponse:
    """Send, or drop, the reminders that a run parked."""
    permissions.may_watch_clock(request.acting).require()
    form = ParkedForm(request.POST)
    if not form.is_valid():
        raise Http404
    run_id, send = form.cleaned_data["run"], form.is_to_send()
    if not Scan.objects.filter(pk=run_id, parked__gt=0).exists():
        raise Http404
    lines = scans.release(
        run_id=run_id, send=send, by=request.acting, at=timezone.now()
    )
    if send:
        said = ngettext(
            "%(lines)s reminder goes into the next messages.",
            "%(lines)s reminders go into the next messages.",
            lines,
        )
    else:
        said = ngettext(
            "%(lines)s reminder was dropped. The flags stand.",
            "%(lines)s reminders were dropped. The flags stand.",
            lines,
        )
    messages.success(request, said % {"lines": lines})
    return redirect("clock")
