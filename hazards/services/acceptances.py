"""
Acceptance of a rectified major hazard (验收, Order 16, art. 18): recorded by the team,
confirmed or given back by the principal.
"""

import datetime as dt
import uuid

from django.utils.translation import gettext as _

from accounts.models import Acting
from accounts.permissions import RefusedError
from accounts.services.credentials import FreshProof
from hazards.models import (
    AcceptedBy,
    HazardAcceptance,
    HazardAct,
    HazardActKind,
    MajorHazard,
)
from hazards.permissions.lives import is_supervised
from hazards.services.life_notices import office_of, principal_of, team_of, tell
from hazards.services.lives import Doing, Living, living
from hazards.services.sealing import use_up


def record(
    *,
    hazard_id: int,
    doing: Doing,
    accepted_by: AcceptedBy,
    people: str,
    agency: str = "",
    by: Acting,
    at: dt.datetime,
) -> HazardAct:
    """
    Record who judged the hazard eliminated, with what result (`doing.text`) and what
    shows it. The principal is told.

    :param people: names and qualifications of those who judged
    :raises NotPermittedError: if the person may not, or an acceptance waits already
    :raises RefusedError: if words, names or evidence are missing, or an agency must
        judge
    """
    _check(doing, accepted_by, people=people, agency=agency)
    with living(
        hazard_id, HazardActKind.RECORD_ACCEPTANCE, doing=doing, by=by, at=at
    ) as life:
        if not life.is_repeated:
            _require_agency(life.hazard, accepted_by)
            HazardAcceptance.objects.create(
                recorded=life.act,
                accepted_by=accepted_by,
                people=people.strip(),
                agency=agency.strip(),
            )
            tell(
                "hazard_acceptance_recorded",
                life.act,
                principal_of(life.hazard, on=by.on),
                hazard=life.hazard,
                by=by,
                at=at,
            )
    return life.act


def confirm(
    *,
    hazard_id: int,
    recorded: uuid.UUID,
    proof: FreshProof,
    doing: Doing,
    by: Acting,
    at: dt.datetime,
) -> HazardAct:
    """
    Let the principal confirm, with fresh proof of who it is, the acceptance as it was
    shown. Team and bureau are told.

    :param recorded: the key of the act that recorded it
    :raises NotPermittedError: if the person may not, or none waits
    :raises RefusedError: if another one waits by now, an agency must judge, or the
        proof is another's or of another moment
    """
    with living(
        hazard_id, HazardActKind.CONFIRM_ACCEPTANCE, doing=doing, by=by, at=at
    ) as life:
        if not life.is_repeated:
            use_up(proof, by=by, at=at)
            acceptance = _waiting(life, recorded)
            hazard = life.hazard
            _require_agency(hazard, AcceptedBy(acceptance.accepted_by))
            _settle(acceptance, life, confirmed=True)
            hazard.accepted_at = at
            tell(
                "hazard_accepted",
                life.act,
                [*team_of(hazard, on=by.on), *office_of(hazard, on=by.on)],
                hazard=hazard,
                by=by,
                at=at,
                supervised=is_supervised(hazard),
            )
    return life.act


def give_back(
    *,
    hazard_id: int,
    recorded: uuid.UUID,
    doing: Doing,
    by: Acting,
    at: dt.datetime,
) -> HazardAct:
    """
    Let the principal give an acceptance back with the reason (`doing.text`); the
    hazard stays as it is. The team is told.

    :param recorded: the key of the act that recorded it
    :raises NotPermittedError: if the person may not, or none waits
    :raises RefusedError: if no reason is given, or another one waits by now
    """
    if not doing.text.strip():
        raise RefusedError(_("Say what is not done yet: the team reads it."))
    with living(
        hazard_id, HazardActKind.RETURN_ACCEPTANCE, doing=doing, by=by, at=at
    ) as life:
        if not life.is_repeated:
            _settle(_waiting(life, recorded), life, confirmed=False)
            tell(
                "hazard_acceptance_returned",
                life.act,
                team_of(life.hazard, on=by.on),
                hazard=life.hazard,
                by=by,
                at=at,
            )
    return life.act


def _check(doing: Doing, accepted_by: AcceptedBy, *, people: str, agency: str) -> None:
    """Refuse an acceptance that does not say who judged, with what result and proof."""
    if not doing.text.strip():
        raise RefusedError(_("Say with what result it was judged."))
    if not people.strip():
        raise RefusedError(_("Name those who judged, with their qualifications."))
    if not doing.evidence:
        raise RefusedError(
            _("Add what shows it: photos after rectification, or the report.")
        )
    if accepted_by == AcceptedBy.AGENCY and not agency.strip():
        raise RefusedError(_("Name the agency that judged."))
    if accepted_by == AcceptedBy.OWN and agency.strip():
        raise RefusedError(
            _("Say that the agency judged, or leave the agency's name empty.")
        )


def _require_agency(hazard: MajorHazard, accepted_by: AcceptedBy) -> None:
    if accepted_by == AcceptedBy.OWN and hazard.listed and hazard.stop_ordered:
        raise RefusedError(
            _(
                "The hazard is listed and work was ordered to stop, so a qualified "
                "safety evaluation agency judges whether it is eliminated (Order 16, "
                "art. 18): record the agency's report."
            )
        )


def _waiting(life: Living, recorded: uuid.UUID) -> HazardAcceptance:
    """The acceptance that waits, if it is the one that was shown."""
    acceptance = HazardAcceptance.objects.filter(
        recorded__hazard=life.hazard, recorded__key=recorded, answered__isnull=True
    ).first()
    if acceptance is None:
        raise RefusedError(
            _("Another acceptance waits by now: open the page again and read it.")
        )
    return acceptance


def _settle(acceptance: HazardAcceptance, life: Living, *, confirmed: bool) -> None:
    acceptance.answered, acceptance.confirmed = life.act, confirmed
    acceptance.save(update_fields=["answered", "confirmed"])
