"""Grading a hazard down to general, and major again (定级): with clause and reason."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Acting, Bureau
from accounts.permissions import RefusedError
from accounts.queries.memberships import receiving_bureau
from hazards.models import HazardAct, HazardActKind, HazardGrading
from hazards.rules import catalogue
from hazards.services import general_hazards, unreported
from hazards.services.endings import end
from hazards.services.lives import Doing, Living, go_on, living
from hazards.services.office_notices import tell

# Stands in the story beside the receipts that hold again: evidence is Chinese.
_AS_BEFORE = "恢复定级为重大隐患，原收件时间不变。"


@transaction.atomic
def downgrade(
    *, hazard_id: int, clause: str, doing: Doing, by: Acting, at: dt.datetime
) -> HazardAct:
    """
    Grade a hazard down to general. Enterprise, principal and bureau are told, also of
    a hazard that was never reported; the flag for that is cleared.

    :param clause: the code of the clause that was looked at
    :raises NotPermittedError: if the person may not do this now
    :raises RefusedError: if the clause is unknown, or no reason is given
    """
    with living(hazard_id, HazardActKind.DOWNGRADE, doing=doing, by=by, at=at) as life:
        if not life.is_repeated:
            _grade(life, clause, doing=doing, is_major=False)
            listed_by, hazard = end(life), life.hazard
            general_hazards.keep_graded_down(hazard, because=doing.text, by=by, at=at)
            hazard.bureau = hazard.bureau or _receiver(life, by=by)
            tell(
                "hazard_downgraded",
                life,
                bureaus=[hazard.bureau, *listed_by],
                by=by,
                at=at,
            )
    # Once its state is saved: the record clears the flag, not the act.
    unreported.clear_flags(life.hazard.enterprise_id, at=at)
    return life.act


def grade_major(
    *, hazard_id: int, clause: str, doing: Doing, by: Acting, at: dt.datetime
) -> HazardAct:
    """
    Grade a hazard major again. It stands where its receipts had brought it: reported
    or planned with its first times, or registered and still to be reported.

    :param clause: the code of the clause under which it is major
    :raises NotPermittedError: if the person may not do this now
    :raises RefusedError: if the clause is unknown, or no reason is given
    """
    with living(
        hazard_id, HazardActKind.GRADE_MAJOR, doing=doing, by=by, at=at
    ) as life:
        if not life.is_repeated:
            _grade(life, clause, doing=doing, is_major=True)
            hazard = life.hazard
            go_on(life, doing=Doing(text=_AS_BEFORE), by=by, at=at)
            general_hazards.follow_grading_up(hazard, by=by, at=at)
            if hazard.first_reported_at is None:
                unreported.stand_again(hazard.pk, at=at)
            tell(
                "hazard_graded_major",
                life,
                bureaus=[hazard.bureau],
                by=by,
                at=at,
                is_reported=hazard.first_reported_at is not None,
            )
    return life.act


def _grade(life: Living, clause: str, *, doing: Doing, is_major: bool) -> None:
    doing.require_words(
        _("Say why: what the clause asks for, and what was found instead.")
    )
    if clause not in catalogue.CLAUSES:
        raise RefusedError(_("Choose a clause from the list."))
    HazardGrading.objects.create(act=life.act, is_major=is_major, clause=clause)


def _receiver(life: Living, *, by: Acting) -> Bureau | None:
    """Whom the enterprise would have reported the hazard to."""
    stated = life.hazard.statements.select_related("site").order_by("id").last()
    return receiving_bureau(
        life.hazard.enterprise, on=by.on, site=stated.site if stated else None
    )
