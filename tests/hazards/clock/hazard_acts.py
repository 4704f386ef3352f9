"""What acts about a hazard add beside the act, by the bare mechanism."""

import datetime as dt
from collections.abc import Callable

from hazards.models import (
    HazardAcceptance,
    HazardActKind,
    HazardExtension,
    HazardOrder,
    HazardRecheck,
    MajorHazard,
)
from hazards.rules.lives import day_of, recheck_due
from hazards.services.lives import Living
from tests.factories_lives import do, planned_hazard
from tests.factories_reports import Desks
from tests.hazards.clock.conftest import shanghai

BEGAN = shanghai("2026-08-03 10:00")
"""When the hazards of these tests are planned."""


def ask(to_on: dt.date, *, by_bureau: bool) -> Callable[[Living], object]:
    """What asking for more time adds."""

    def then(life: Living) -> None:
        assert life.hazard.due_on is not None
        HazardExtension.objects.create(
            asked=life.act,
            from_on=life.hazard.due_on,
            to_on=to_on,
            interim_measures="警戒",
            by_bureau=by_bureau,
        )
        life.hazard.extension_asked_at = life.act.at

    return then


def answer(*, approved: bool) -> Callable[[Living], object]:
    """What answering it adds."""

    def then(life: Living) -> None:
        extension = HazardExtension.objects.get(
            asked__hazard=life.hazard, answered__isnull=True
        )
        extension.answered, extension.approved = life.act, approved
        extension.save()
        life.hazard.extension_asked_at = None
        if approved:
            life.hazard.due_on = extension.to_on

    return then


def record_acceptance(life: Living) -> None:
    HazardAcceptance.objects.create(
        recorded=life.act, accepted_by="own", people="总工程师"
    )


def confirm_acceptance(life: Living) -> None:
    waiting = HazardAcceptance.objects.get(
        recorded__hazard=life.hazard, answered__isnull=True
    )
    waiting.answered, waiting.confirmed = life.act, True
    waiting.save()
    life.hazard.accepted_at = life.act.at


def apply_for_recheck(life: Living) -> None:
    due_on = recheck_due(day_of(life.act.at))
    HazardRecheck.objects.create(asked=life.act, due_on=due_on)
    life.hazard.recheck_due_on = due_on


def accepted_hazard(desks: Desks, at: dt.datetime = BEGAN) -> MajorHazard:
    hazard = planned_hazard(desks, at=at)
    later = at + dt.timedelta(minutes=5)
    record, confirm = HazardActKind.RECORD_ACCEPTANCE, HazardActKind.CONFIRM_ACCEPTANCE
    do(hazard, record, desks.clerk, at=later, then=record_acceptance)
    return do(hazard, confirm, desks.principal, at=later, then=confirm_acceptance)


def fail_recheck(due_on: dt.date, by: Desks) -> Callable[[Living], object]:
    """What a re-check that finds it not eliminated adds: an order until a day."""

    def then(life: Living) -> None:
        recheck = HazardRecheck.objects.get(
            asked__hazard=life.hazard, done__isnull=True
        )
        recheck.done, recheck.passed = life.act, False
        recheck.first_officer = by.reviewer.membership
        recheck.second_officer = by.colleague.membership
        recheck.save()
        HazardOrder.objects.create(act=life.act, bureau=by.bureau, due_on=due_on)
        life.hazard.accepted_at = life.hazard.recheck_due_on = None
        life.hazard.due_on, life.hazard.is_ordered = due_on, True

    return then
