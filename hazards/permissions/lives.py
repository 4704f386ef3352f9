"""Who may do what about a major hazard, as it now stands."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from django.utils.translation import gettext as _

from accounts.models import Acting, Bureau, Membership, Role
from accounts.models.bureaus import BureauLevel
from accounts.permissions import ALLOWED, Decision, denied
from hazards.models import (
    HazardAcceptance,
    HazardActKind,
    HazardExtension,
    HazardGrading,
    HazardState,
    ListedLevel,
    MajorHazard,
)
from hazards.permissions.words import not_your_enterprise, only, own_member
from hazards.rules.lives import may_ask_for_more_time
from hazards.workflow import HAZARD_TRANSITIONS


def may_act(acting: Acting, kind: HazardActKind, hazard: MajorHazard) -> Decision:
    """Decide whether the person may do the act about the hazard as it now stands."""
    transition = HAZARD_TRANSITIONS[kind]
    if acting.role not in transition.actors:
        return denied(only(transition.actors))
    if hazard.state not in transition.moves:
        return denied(_wrong_state(hazard))
    by_place = _as_its_own(acting, kind, hazard)
    if not by_place:
        return by_place
    more = _FURTHER.get(kind)
    return more(acting, hazard) if more else ALLOWED


def may_act_each(
    acting: Acting, hazard: MajorHazard
) -> Mapping[HazardActKind, Decision]:
    """Decide like `may_act` on every act that somebody does by itself."""
    return MappingProxyType(
        {
            kind: may_act(acting, kind, hazard)
            for kind, transition in HAZARD_TRANSITIONS.items()
            if transition.actors
        }
    )


def is_supervised(hazard: MajorHazard) -> bool:
    """Whether the bureau ordered its rectification, or it is listed (挂牌督办)."""
    return hazard.is_ordered or bool(hazard.listed)


LISTED_BY: Mapping[str, tuple[ListedLevel, ...]] = MappingProxyType(
    {
        BureauLevel.COUNTY: (ListedLevel.COUNTY,),
        BureauLevel.ZONE: (ListedLevel.COUNTY,),
        BureauLevel.CITY: (ListedLevel.CITY, ListedLevel.COUNTY),
        BureauLevel.PROVINCE: tuple(reversed(ListedLevel)),
        BureauLevel.MINISTRY: tuple(reversed(ListedLevel)),
    }
)
"""At which levels a bureau of a level lists: its own and those below it."""


def levels_listed_by(bureau: Bureau) -> tuple[ListedLevel, ...]:
    """At which levels the bureau lists hazards and ends that, its own one first."""
    return LISTED_BY.get(bureau.level, ())


RECHECKERS = frozenset({Role.REVIEWER, Role.INSPECTOR, Role.BUREAU_HEAD})
"""Who looks on site as the second officer."""


def may_recheck_with(
    acting: Acting, second: Membership, hazard: MajorHazard
) -> Decision:
    """
    Decide whether this is the second of two officers of one bureau (行政处罚法 art. 42:
    no fewer than two), of whom neither was ever a member of the enterprise.
    """
    if (
        second.bureau_id is None
        or second.bureau_id != acting.membership.bureau_id
        or second.role not in RECHECKERS
        or not second.holds_on(acting.on)
    ):
        return denied(_("The second officer must hold an office in your bureau today."))
    if second.user_id == acting.user.pk:
        return denied(_("Two officers look on site: name a colleague, not yourself."))
    if Membership.objects.filter(
        user=second.user_id, enterprise=hazard.enterprise_id
    ).exists():
        return denied(
            _("%(name)s is or was a member of this enterprise: name somebody else.")
            % {"name": second.user.full_name}
        )
    return ALLOWED


def _wrong_state(hazard: MajorHazard) -> str:
    if hazard.state in (HazardState.FOUND, HazardState.REGISTERED):
        return _(
            "The hazard is not reported yet: report it first; from then on what you "
            "do about it counts."
        )
    return _("The hazard is “%(state)s” now, so this cannot be done to it.") % {
        "state": hazard.get_state_display()
    }


def _as_its_own(acting: Acting, kind: HazardActKind, hazard: MajorHazard) -> Decision:
    if acting.enterprise is not None:
        if acting.enterprise.pk != hazard.enterprise_id:
            return denied(not_your_enterprise())
        return ALLOWED
    holds = acting.bureau is not None and (
        hazard.bureau_id == acting.bureau.pk
        # A city or province lists what a county holds.
        or (
            kind in (HazardActKind.LIST, HazardActKind.DELIST)
            and hazard.bureau is not None
            and hazard.bureau.path.startswith(acting.bureau.path)
        )
    )
    if not holds:
        return denied(
            _("Another bureau holds this hazard; only that bureau does this.")
        )
    if Membership.objects.filter(
        user=acting.user, enterprise=hazard.enterprise_id
    ).exists():
        return denied(own_member())
    return ALLOWED


def _close(_acting: Acting, hazard: MajorHazard) -> Decision:
    if is_supervised(hazard):
        return denied(
            _(
                "The bureau ordered this rectification or the hazard is listed, so the "
                "bureau closes it: apply for its re-check."
            )
        )
    return ALLOWED


def _downgrade(acting: Acting, hazard: MajorHazard) -> Decision:
    if acting.enterprise is not None and is_supervised(hazard):
        return denied(
            _(
                "The bureau ordered this rectification or the hazard is listed, so "
                "only the bureau grades it down: write to it."
            )
        )
    if acting.enterprise is not None and _is_graded_by_a_bureau(hazard):
        return denied(
            _("The bureau graded it major, so only the bureau grades it down.")
        )
    return ALLOWED


def _is_graded_by_a_bureau(hazard: MajorHazard) -> bool:
    last = (
        HazardGrading.objects.filter(act__hazard=hazard)
        .select_related("act__by")
        .order_by("-pk")
        .first()
    )
    return last is not None and last.is_major and last.act.by.bureau_id is not None


def _ask_extension(acting: Acting, hazard: MajorHazard) -> Decision:
    if hazard.due_on is None:
        return denied(
            _("The hazard has no deadline yet: send its plan, which sets one.")
        )
    if hazard.extension_asked_at is not None:
        return denied(_("More time was asked for already; the answer is awaited."))
    if not may_ask_for_more_time(hazard.due_on, on=acting.on):
        return denied(
            _(
                "The deadline %(day)s has passed; more time could be asked for until "
                "that day. Record what was done, and tell your bureau why it is late."
            )
            % {"day": hazard.due_on}
        )
    return ALLOWED


def _answer_extension(acting: Acting, hazard: MajorHazard) -> Decision:
    extension = HazardExtension.objects.filter(
        asked__hazard=hazard, answered__isnull=True
    ).first()
    if extension is None:
        return denied(_("Nobody has asked for more time."))
    # An order that came while the request waited must not be extended past the bureau.
    by_bureau = extension.by_bureau or is_supervised(hazard)
    if by_bureau != (acting.bureau is not None):
        return denied(
            _("The bureau answers this, as it ordered or listed the hazard.")
            if by_bureau
            else _("The principal of the enterprise answers this; you are told of it.")
        )
    return ALLOWED


def _record_acceptance(_acting: Acting, hazard: MajorHazard) -> Decision:
    if _acceptance_waits(hazard):
        return denied(_("An acceptance waits for the principal already."))
    return ALLOWED


def _answer_acceptance(_acting: Acting, hazard: MajorHazard) -> Decision:
    if not _acceptance_waits(hazard):
        return denied(_("No acceptance waits for you."))
    return ALLOWED


def _acceptance_waits(hazard: MajorHazard) -> bool:
    return HazardAcceptance.objects.filter(
        recorded__hazard=hazard, answered__isnull=True
    ).exists()


def _lift_order(_acting: Acting, hazard: MajorHazard) -> Decision:
    return ALLOWED if hazard.is_ordered else denied(_("No order stands."))


def _list(acting: Acting, hazard: MajorHazard) -> Decision:
    if hazard.listed:
        return denied(_("The hazard is listed already."))
    if acting.bureau is None or not levels_listed_by(acting.bureau):
        return denied(_("Only counties, cities and provinces list hazards."))
    return ALLOWED


def _delist(acting: Acting, hazard: MajorHazard) -> Decision:
    if not hazard.listed:
        return denied(_("The hazard is not listed."))
    if acting.bureau is None or hazard.listed not in levels_listed_by(acting.bureau):
        return denied(
            _("The hazard is “%(listed)s”, so only that level ends it.")
            % {"listed": hazard.get_listed_display()}
        )
    return ALLOWED


_FURTHER: Mapping[HazardActKind, Callable[[Acting, MajorHazard], Decision]] = (
    MappingProxyType(
        {
            HazardActKind.CLOSE: _close,
            HazardActKind.DOWNGRADE: _downgrade,
            HazardActKind.ASK_EXTENSION: _ask_extension,
            HazardActKind.ANSWER_EXTENSION: _answer_extension,
            HazardActKind.RECORD_ACCEPTANCE: _record_acceptance,
            HazardActKind.RETURN_ACCEPTANCE: _answer_acceptance,
            HazardActKind.CONFIRM_ACCEPTANCE: _answer_acceptance,
            HazardActKind.LIFT_ORDER: _lift_order,
            HazardActKind.LIST: _list,
            HazardActKind.DELIST: _delist,
        }
    )
)
