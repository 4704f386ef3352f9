"""Walks to where a bureau meets a hazard, and its acts with what they need to say."""

import datetime as dt
from typing import Any

from accounts.models import Acting
from hazards.models import (
    AcceptedBy,
    HazardAcceptance,
    HazardAct,
    HazardActKind,
    HazardRecheck,
    MajorHazard,
)
from hazards.rules.lives import day_of, recheck_due
from hazards.services import gradings, rechecks, supervision
from hazards.services.lives import Doing, Living
from tests.factories import NOW
from tests.factories_lives import do, on_day_of, planned_hazard
from tests.factories_reports import Desks

CLAUSE = "order-10-2023/3(1)"
DAY = dt.timedelta(days=1)
SAID = Doing(text="现场查看，理由如下。")
ORDERED_DAY = dt.date(2026, 8, 15)


def accepted_hazard(desks: Desks, *, at: dt.datetime = NOW) -> MajorHazard:
    """A hazard that the enterprise says is eliminated."""
    hazard = planned_hazard(desks, at=at)
    accept(hazard, desks, at=at)
    return hazard


def accept(hazard: MajorHazard, desks: Desks, *, at: dt.datetime = NOW) -> None:
    """The team records its acceptance, the principal confirms it."""

    def recorded(life: Living) -> None:
        HazardAcceptance.objects.create(
            recorded=life.act, accepted_by=AcceptedBy.OWN, people="注册安全工程师王某"
        )

    def confirmed(life: Living) -> None:
        HazardAcceptance.objects.filter(
            recorded__hazard=life.hazard, answered__isnull=True
        ).update(answered=life.act, confirmed=True)
        life.hazard.accepted_at = at

    do(hazard, HazardActKind.RECORD_ACCEPTANCE, desks.clerk, at=at, then=recorded)
    do(hazard, HazardActKind.CONFIRM_ACCEPTANCE, desks.principal, at=at, then=confirmed)


def apply(
    hazard: MajorHazard, desks: Desks, *, at: dt.datetime = NOW, resumes: bool = False
) -> None:
    """The team applies for the re-check."""

    def applied(life: Living) -> None:
        recheck = HazardRecheck.objects.create(
            asked=life.act, due_on=recheck_due(day_of(at)), resumes=resumes
        )
        life.hazard.recheck_due_on = recheck.due_on

    do(hazard, HazardActKind.APPLY_FOR_RECHECK, desks.clerk, at=at, then=applied)


def order(
    hazard: MajorHazard, by: Acting, *, at: dt.datetime = NOW, **changes: Any
) -> HazardAct:
    """An order of a day, unless something else is said."""
    said: dict[str, Any] = {
        "due_on": ORDERED_DAY,
        "stop": "",
        "document_number": "",
        "doing": SAID,
    }
    act = supervision.order(
        hazard_id=hazard.pk, by=on_day_of(by, at), at=at, **(said | changes)
    )
    hazard.refresh_from_db()
    return act


def list_at(
    hazard: MajorHazard, level: str, by: Acting, *, at: dt.datetime = NOW
) -> HazardAct:
    """Listed supervision by a level."""
    act = supervision.begin_listing(
        hazard_id=hazard.pk,
        level=level,
        document_number="开安督〔2026〕3号",
        doing=SAID,
        by=on_day_of(by, at),
        at=at,
    )
    hazard.refresh_from_db()
    return act


def pass_recheck(
    hazard: MajorHazard, by: Acting, second: Acting, *, at: dt.datetime = NOW
) -> HazardAct:
    """Two officers find it eliminated."""
    act = rechecks.pass_recheck(
        hazard_id=hazard.pk,
        second=second.membership,
        doing=SAID,
        by=on_day_of(by, at),
        at=at,
    )
    hazard.refresh_from_db()
    return act


def fail_recheck(
    hazard: MajorHazard,
    by: Acting,
    second: Acting,
    *,
    at: dt.datetime = NOW,
    due_on: dt.date = ORDERED_DAY,
) -> HazardAct:
    """Two officers find it not eliminated."""
    act = rechecks.fail_recheck(
        hazard_id=hazard.pk,
        second=second.membership,
        due_on=due_on,
        document_number="（开）应急复查〔2026〕7号",
        doing=SAID,
        by=on_day_of(by, at),
        at=at,
    )
    hazard.refresh_from_db()
    return act


def downgrade(
    hazard: MajorHazard, by: Acting, *, at: dt.datetime = NOW, **changes: Any
) -> HazardAct:
    """Graded down to general."""
    said: dict[str, Any] = {"clause": CLAUSE, "doing": SAID}
    act = gradings.downgrade(
        hazard_id=hazard.pk, by=on_day_of(by, at), at=at, **(said | changes)
    )
    hazard.refresh_from_db()
    return act


def grade_major(
    hazard: MajorHazard, by: Acting, *, at: dt.datetime = NOW, **changes: Any
) -> HazardAct:
    """Graded major again."""
    said: dict[str, Any] = {"clause": CLAUSE, "doing": SAID}
    act = gradings.grade_major(
        hazard_id=hazard.pk, by=on_day_of(by, at), at=at, **(said | changes)
    )
    hazard.refresh_from_db()
    return act


def kinds(hazard: MajorHazard) -> list[str]:
    """The kinds of its acts, in their order."""
    return list(hazard.acts.order_by("id").values_list("kind", flat=True))
