"""
What a bureau does about a major hazard, and its grading by either side; each kind of
act with its page.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.views.access import ActingRequest
from hazards.forms.office_acts import (
    FailRecheckForm,
    GradeForm,
    HandOverForm,
    LiftOrderForm,
    ListForm,
    OrderForm,
    RecheckForm,
    WordsForm,
)
from hazards.models import HazardActKind, HazardRecheck, MajorHazard
from hazards.queries.standards import found_clauses
from hazards.rules.lives import is_overdue
from hazards.services import gradings, rechecks, supervision, voidings
from hazards.services.supervision import standing_orders
from hazards.views.act_pages import ActPage
from hazards.views.clause_options import clause_groups

_TOLD = _("The enterprise and its principal are told at once, in your words.")


class _GradePageForm(GradeForm):
    """Offers the clauses in force, those that concern the enterprise first."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        found = found_clauses("", enterprise=self.hazard.enterprise, on=self.acting.on)
        if self.acting.enterprise is None:
            # "Applies to you" is no word for a bureau.
            found = replace(found, applying=(), others=found.applying + found.others)
        last = self.hazard.statements.order_by("id").last()
        stated = last.clause if last else ""
        self.offer(clause_groups(found, keep=[stated]), stated=stated)


def _standing(request: ActingRequest, hazard: MajorHazard) -> Mapping[str, Any]:
    """The orders that stand."""
    return {"orders": list(standing_orders(hazard).select_related("act", "bureau"))}


def _recheck(request: ActingRequest, hazard: MajorHazard) -> Mapping[str, Any]:
    """The re-check that waits, whether its days are over, and what it would lift."""
    recheck = (
        HazardRecheck.objects.filter(asked__hazard=hazard, done__isnull=True)
        .select_related("asked__by__user")
        .first()
    )
    late = recheck is not None and is_overdue(recheck.due_on, on=request.acting.on)
    return {**_standing(request, hazard), "recheck": recheck, "is_late": late}


OFFICE_ACTS: tuple[ActPage, ...] = (
    ActPage(
        kind=HazardActKind.ORDER,
        form=OrderForm,
        act=supervision.order,
        title=_("Give an order"),
        lead=_(
            "A day for the rectification, a stop of a part or the whole of the work, "
            "or both. From then on you answer requests for more time, and close the "
            "hazard after a re-check."
        ),
        submit=_("Give the order"),
        tells=_TOLD,
        done=_("Ordered. The enterprise has been told."),
        provisions=(
            "work-safety-law-2021/art-65",
            "work-safety-law-2021/art-70",
            "order-16/art-20",
        ),
        template="hazards/acts/with_orders.html",
        facts=_standing,
    ),
    ActPage(
        kind=HazardActKind.LIFT_ORDER,
        form=LiftOrderForm,
        act=supervision.lift_order,
        title=_("Lift an order"),
        lead=_("Other orders stand on, and so does the deadline."),
        submit=_("Lift the order"),
        tells=_TOLD,
        done=_("Lifted. The enterprise has been told."),
    ),
    ActPage(
        kind=HazardActKind.LIST,
        form=ListForm,
        act=supervision.begin_listing,
        title=_("List for supervision"),
        lead=_(
            "Your bureau lists at its own level or one below (挂牌督办). Listed, a "
            "hazard is closed by a bureau after a re-check."
        ),
        submit=_("List the hazard"),
        tells=_TOLD,
        done=_("Listed. The enterprise has been told."),
        provisions=("order-16/art-20",),
    ),
    ActPage(
        kind=HazardActKind.DELIST,
        form=WordsForm,
        act=supervision.end_listing,
        title=_("End the listed supervision"),
        lead=_(
            "The hazard stays on the books until it is closed, and orders stand on. A "
            "re-check that is passed ends the listing by itself."
        ),
        submit=_("End the listing"),
        tells=_TOLD,
        done=_("Ended. The enterprise has been told."),
        provisions=("order-16/art-20",),
    ),
    ActPage(
        kind=HazardActKind.ORDER_RECHECK,
        form=WordsForm,
        act=rechecks.order_recheck,
        title=_("Re-check on site"),
        lead=_(
            "The enterprise has accepted the rectification and not applied for a "
            "re-check. You decide to look; two officers do so within ten days."
        ),
        submit=_("Decide to re-check"),
        tells=_TOLD,
        done=_("Decided. The enterprise has been told."),
        provisions=("order-16/art-23",),
    ),
    ActPage(
        kind=HazardActKind.PASS_RECHECK,
        form=RecheckForm,
        act=rechecks.pass_recheck,
        title=_("Re-check passed: close the hazard"),
        lead=_(
            "Two officers found it eliminated. It is closed, all orders are lifted and "
            "the listing ends: what stood still may be resumed."
        ),
        submit=_("Passed: close the hazard"),
        tells=_TOLD,
        done=_("Closed. The enterprise has been told."),
        provisions=("order-16/art-23", "penalty-law-2021/art-42"),
        template="hazards/acts/recheck.html",
        facts=_recheck,
    ),
    ActPage(
        kind=HazardActKind.FAIL_RECHECK,
        form=FailRecheckForm,
        act=rechecks.fail_recheck,
        title=_("Re-check failed: back to rectification"),
        lead=_(
            "Two officers found it not eliminated. It is ordered to be eliminated by a "
            "new day; what stands still stays so."
        ),
        submit=_("Failed: set the new day"),
        tells=_TOLD,
        done=_("On record. The enterprise has been told of the new day."),
        provisions=("order-16/art-23", "penalty-law-2021/art-42"),
        template="hazards/acts/recheck.html",
        facts=_recheck,
    ),
    ActPage(
        kind=HazardActKind.DOWNGRADE,
        form=_GradePageForm,
        act=gradings.downgrade,
        title=_("Grade down to general"),
        lead=_(
            "Only where the clause is not met after all. What was rectified stays a "
            "major hazard and is closed."
        ),
        submit=_("Grade down to general"),
        tells=_(
            "Enterprise, principal and bureau are told at once, also of a hazard that "
            "was never reported. The bureau can grade it major again."
        ),
        done=_("Graded down to general. Those concerned have been told."),
        provisions=("order-16/art-3",),
    ),
    ActPage(
        kind=HazardActKind.GRADE_MAJOR,
        form=_GradePageForm,
        act=gradings.grade_major,
        title=_("Grade major again"),
        lead=_(
            "It stands again where its receipts had brought it; the time of its first "
            "report does not move."
        ),
        submit=_("Grade major again"),
        tells=_("Enterprise, principal and bureau are told at once."),
        done=_("Graded major again. Those concerned have been told."),
        provisions=("order-16/art-3",),
    ),
    ActPage(
        kind=HazardActKind.VOID,
        form=WordsForm,
        act=voidings.void,
        title=_("Strike out as reported in error"),
        lead=_(
            "For what was no major hazard from the beginning. It leaves the books, "
            "cannot come back, and stays on record with all that was said of it."
        ),
        submit=_("Strike out"),
        tells=_TOLD,
        done=_("Struck out. The enterprise has been told."),
    ),
    ActPage(
        kind=HazardActKind.HAND_OVER,
        form=HandOverForm,
        act=voidings.hand_over,
        title=_("Hand over to another department"),
        lead=_(
            "For what belongs to a department outside this portal. It leaves the "
            "books here and cannot come back; the other department follows it up."
        ),
        submit=_("Hand over"),
        tells=_TOLD,
        done=_("Handed over. The enterprise has been told."),
    ),
)
