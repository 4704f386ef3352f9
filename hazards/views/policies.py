"""Pages of a bureau's policies and of the days it declares."""

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Acting, Bureau
from accounts.permissions import NotPermittedError, RefusedError, may_set_policy
from accounts.services.policies import set_day, set_policy
from accounts.views.access import ActingRequest, acting_required
from hazards.forms.policies import DayForm, PolicyForm
from hazards.queries import policies as reads
from hazards.rules.policies import DEFINITIONS, PolicyDefinition
from hazards.rules.quarters import Quarter


@require_safe
@acting_required
def index(request: ActingRequest) -> HttpResponse:
    """What holds at the bureau today, and when that makes reports due."""
    bureau, on = _own_bureau(request.acting), request.acting.on
    context = {
        "bureau": bureau,
        "standings": reads.standings(bureau, on=on),
        "dues": reads.dues(bureau, on=on),
        "days": reads.declared_days(bureau, on=on),
        "may_set": may_set_policy(request.acting, bureau),
        "first_quarter": reads.first_quarter_from(on),
    }
    return TemplateResponse(request, "hazards/policies/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@acting_required
def policy(request: ActingRequest, name: str) -> HttpResponse:
    """One policy: where it comes from, what it was, and setting it anew."""
    bureau, on = _own_bureau(request.acting), request.acting.on
    definition = _definition(name)
    may_set = may_set_policy(request.acting, bureau)
    standing = reads.standing(bureau, definition, on=on)
    next_quarter = Quarter.containing(on).next()
    form = PolicyForm(
        _posted(request),
        definition=definition,
        on=on,
        initial={
            "value": definition.write(standing.value),
            "starts_on": next_quarter.starts_on,
        },
    )
    if request.method == "POST":
        may_set.require()
        if form.is_valid() and _set(request, form, bureau):
            return redirect("policy", name)
    context = {
        "bureau": bureau,
        "standing": standing,
        "form": form,
        "may_set": may_set,
        "next_quarter": next_quarter,
    }
    return TemplateResponse(request, "hazards/policies/policy.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@acting_required
def days(request: ActingRequest) -> HttpResponse:
    """The days that the bureau declares working or free, and declaring one."""
    bureau, on = _own_bureau(request.acting), request.acting.on
    may_set = may_set_policy(request.acting, bureau)
    form = DayForm(_posted(request), on=on)
    if request.method == "POST":
        may_set.require()
        if form.is_valid() and _declare(request, form, bureau):
            return redirect("bureau-days")
    context = {
        "bureau": bureau,
        "days": reads.declared_days(bureau, on=on),
        "form": form,
        "may_set": may_set,
    }
    return TemplateResponse(request, "hazards/policies/days.html", context)


def _set(request: ActingRequest, form: PolicyForm, bureau: Bureau) -> bool:
    """Set the policy; a refusal goes onto the form."""
    said = form.cleaned_data
    try:
        set_policy(
            bureau=bureau,
            name=form.definition.name,
            value=said["value"],
            starts_on=said["starts_on"],
            reason=said["reason"],
            by=request.acting,
            at=timezone.now(),
        )
    except NotPermittedError:
        raise
    except RefusedError as refusal:
        form.add_error("starts_on", str(refusal))
        return False
    quarter = reads.first_quarter_from(said["starts_on"])
    messages.success(
        request,
        _("Entered. %(quarter)s is the first quarter that follows it.")
        % {"quarter": quarter},
    )
    return True


def _declare(request: ActingRequest, form: DayForm, bureau: Bureau) -> bool:
    """Declare the day; a refusal goes onto the form."""
    said = form.cleaned_data
    try:
        set_day(
            bureau=bureau,
            day=said["day"],
            is_workday=said["kind"] == "work",
            reason=said["reason"],
            by=request.acting,
            at=timezone.now(),
        )
    except NotPermittedError:
        raise
    except RefusedError as refusal:
        form.add_error("day", str(refusal))
        return False
    messages.success(request, _("Entered. Due times follow it from now on."))
    return True


def _own_bureau(acting: Acting) -> Bureau:
    """Return the bureau acted for; its policies are nobody else's page."""
    if acting.bureau is None:
        raise Http404
    return acting.bureau


def _definition(name: str) -> PolicyDefinition:
    if name not in DEFINITIONS:
        raise Http404
    return DEFINITIONS[name]


def _posted(request: ActingRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
