"""What the plan of a spot check says, and whether it can be."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Acting, Bureau, Enterprise, Membership, Site
from accounts.permissions import RefusedError
from hazards.models import AssistantKind, CheckKind, SpotCheck, SpotCheckAssistant
from hazards.permissions.spot_checks import PLANNERS
from hazards.rules.matters import matters_on

OFFICERS_AT_LEAST = 2
"""行政处罚法 art. 42: no fewer than two, both with a certificate."""
BY_A_PLAN = (CheckKind.PLANNED, CheckKind.SPECIAL)
"""By the yearly plan, or by one that was filed (circular 应急〔2025〕11号, item 2)."""


@dataclass(frozen=True)
class Assistant:
    """Somebody who comes along and decides nothing (items 6 and 13)."""

    kind: AssistantKind
    name: str
    organisation: str = ""


@dataclass(frozen=True)
class CheckPlan:
    """
    What is planned. `matters` are codes of hazards.rules.matters, `officers` keys of
    memberships; `site_id` empty = the whole enterprise. `planned_on` is a day in
    Asia/Shanghai.
    """

    kind: CheckKind
    matters: tuple[str, ...]
    purpose: str
    planned_on: dt.date
    officers: tuple[int, ...]
    plan_reference: str = ""
    site_id: int | None = None
    joint_bureau_id: int | None = None
    assistants: tuple[Assistant, ...] = ()


def require_sound(plan: CheckPlan, *, enterprise: Enterprise, by: Acting) -> None:
    """
    Refuse what cannot be.

    :raises RefusedError: with what to do
    """
    if plan.planned_on < by.on:
        raise RefusedError(_("This day is over: choose today or a later day."))
    known = {matter.code for matter in matters_on(plan.planned_on)}
    if not plan.matters or not set(plan.matters) <= known:
        raise RefusedError(_("Choose from the list what is looked at."))
    if not plan.purpose.strip():
        raise RefusedError(_("Say why this enterprise is checked."))
    if plan.kind in BY_A_PLAN and not plan.plan_reference.strip():
        raise RefusedError(
            _("Name the yearly plan, or the filed plan, under which you come.")
        )
    _require_place(plan, enterprise)
    if plan.joint_bureau_id is not None:
        _require_other_bureau(plan.joint_bureau_id, by=by)


def officers_of(
    plan: CheckPlan, *, enterprise: Enterprise, by: Acting
) -> Sequence[Membership]:
    """
    The officers named in the plan.

    :raises RefusedError: if they are fewer than two, one has no office today in one of
        the bureaus, or one was ever a member of the enterprise
    """
    bureaus = [by.membership.bureau_id, plan.joint_bureau_id]
    found = list(
        Membership.objects.holding_on(by.on)
        .filter(
            pk__in=plan.officers,
            bureau__in=[key for key in bureaus if key is not None],
            role__in=PLANNERS,
            user__is_active=True,
        )
        .exclude(certificate_number="")
        .select_related("user")
        .order_by("pk")
    )
    if len(found) != len(set(plan.officers)):
        raise RefusedError(
            _(
                "Each officer must be an inspector of your bureau, or of the one that "
                "joins, with a certificate today: choose them again."
            )
        )
    if len({officer.user_id for officer in found}) < OFFICERS_AT_LEAST:
        raise RefusedError(
            _("At least two officers with a certificate come: name another one.")
        )
    members = Membership.objects.filter(
        enterprise=enterprise, user__in=[officer.user_id for officer in found]
    ).select_related("user")
    if (member := members.first()) is not None:
        raise RefusedError(
            _("%(name)s is or was a member of this enterprise: name somebody else.")
            % {"name": member.user.full_name}
        )
    return found


def require_two_today(check: SpotCheck, *, on: dt.date) -> None:
    """
    Refuse to begin where too few of the named officers hold their office that day.

    :raises RefusedError: if so
    """
    holding = {
        officer.membership.user_id
        for officer in check.officers.all()
        if officer.membership.holds_on(on)
    }
    if len(holding) < OFFICERS_AT_LEAST:
        raise RefusedError(
            _(
                "Fewer than two of the named officers hold their office today: "
                "withdraw this spot check and plan it anew."
            )
        )


def name_assistants(check: SpotCheck, plan: CheckPlan) -> None:
    """Write down who comes along."""
    SpotCheckAssistant.objects.bulk_create(
        SpotCheckAssistant(
            spot_check=check,
            kind=assistant.kind,
            name=assistant.name.strip(),
            organisation=assistant.organisation.strip(),
        )
        for assistant in plan.assistants
        if assistant.name.strip()
    )


def _require_place(plan: CheckPlan, enterprise: Enterprise) -> None:
    if plan.site_id is None:
        return
    if not Site.objects.filter(pk=plan.site_id, enterprise=enterprise).exists():
        raise RefusedError(_("This site is another enterprise’s: choose it again."))


def _require_other_bureau(bureau_id: int, *, by: Acting) -> None:
    if bureau_id == by.membership.bureau_id:
        raise RefusedError(_("The bureau that joins is another than your own."))
    if not Bureau.objects.filter(pk=bureau_id).exists():
        raise RefusedError(_("There is no such bureau: choose it again."))
