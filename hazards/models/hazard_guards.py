"""
What the database itself refuses of a major hazard, whoever asks: moves that the table
does not hold, another number, registration or first report, a move without its act.
"""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.dated import never_truncated


class HazardState(models.TextChoices):
    """Where a major hazard stands in its life (排查—登记—报告—治理—验收—销号)."""

    FOUND = "found", _("not registered yet")
    REGISTERED = "registered", pgettext_lazy("state of a hazard", "registered")
    REPORTED = "reported", pgettext_lazy("state of a hazard", "reported")
    PLANNED = "planned", _("plan received")
    RECTIFYING = "rectifying", _("being rectified")
    ACCEPTED = "accepted", _("accepted by the enterprise")
    AWAITING_RECHECK = "awaiting_recheck", _("waiting for re-check")
    CLOSED = "closed", pgettext_lazy("state of a hazard", "closed")
    DOWNGRADED = "downgraded", _("graded down to general")
    VOIDED = "voided", _("struck out as reported in error")
    HANDED_OVER = "handed_over", _("handed over to another department")


ON_THE_BOOKS = (
    HazardState.REGISTERED,
    HazardState.REPORTED,
    HazardState.PLANNED,
    HazardState.RECTIFYING,
    HazardState.ACCEPTED,
    HazardState.AWAITING_RECHECK,
)
"""A hazard stays on the books until it is closed, also past its deadline."""

TO_BE_ELIMINATED = ON_THE_BOOKS[:4]
"""Not accepted yet: its deadline runs."""

SAID_TO_BE_DONE = (
    HazardState.ACCEPTED,
    HazardState.AWAITING_RECHECK,
    HazardState.CLOSED,
)
"""The enterprise says that it is eliminated; closed or not."""

OFF_THE_BOOKS = (
    HazardState.CLOSED,
    HazardState.DOWNGRADED,
    HazardState.VOIDED,
    HazardState.HANDED_OVER,
)
"""How the life of a hazard that was on the books ends."""

_OFFICIAL_END = (HazardState.VOIDED, HazardState.HANDED_OVER)

# The moves that the database lets pass; hazards.workflow says who makes them, and a
# test holds the two against each other.
HAZARD_MOVES: tuple[tuple[HazardState, HazardState], ...] = (
    (HazardState.FOUND, HazardState.REGISTERED),
    (HazardState.REGISTERED, HazardState.REPORTED),
    (HazardState.REPORTED, HazardState.PLANNED),
    (HazardState.PLANNED, HazardState.RECTIFYING),
    (HazardState.REPORTED, HazardState.ACCEPTED),
    (HazardState.PLANNED, HazardState.ACCEPTED),
    (HazardState.RECTIFYING, HazardState.ACCEPTED),
    (HazardState.ACCEPTED, HazardState.AWAITING_RECHECK),
    (HazardState.ACCEPTED, HazardState.CLOSED),
    (HazardState.AWAITING_RECHECK, HazardState.CLOSED),
    (HazardState.AWAITING_RECHECK, HazardState.RECTIFYING),
    *((state, HazardState.DOWNGRADED) for state in TO_BE_ELIMINATED),
    *((state, end) for state in TO_BE_ELIMINATED[1:] for end in _OFFICIAL_END),
    # Graded major again.
    (HazardState.DOWNGRADED, HazardState.REGISTERED),
)


def hazard_guards() -> list[pgtrigger.Trigger]:
    """Triggers of a major hazard."""
    return [
        pgtrigger.FSM(
            name="state_moves_as_the_table_says",
            field="state",
            transitions=[(str(a), str(b)) for a, b in HAZARD_MOVES],
        ),
        pgtrigger.Protect(
            name="hazard_begins_unregistered",
            operation=pgtrigger.Insert,
            condition=pgtrigger.Q(new__state__df="found"),
        ),
        pgtrigger.Trigger(
            name="moves_with_its_act",
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            # Judged at commit: state and act are written by one transaction.
            timing=pgtrigger.Deferred,
            condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
            func="""
                IF NOT EXISTS (
                    SELECT FROM hazards_hazardact act
                    WHERE act.hazard_id = NEW.id AND act.from_state = OLD.state
                      AND act.to_state = NEW.state
                ) THEN
                    RAISE EXCEPTION 'a hazard moves with its act';
                END IF;
                RETURN NULL;
            """,
        ),
        _kept("hazard_identity_is_kept", "", "enterprise", "number", "recurrence_of"),
        _kept(
            "registration_is_kept",
            "registered_at",
            "found_at",
            "registered_at",
            "registered_by",
            "registered_as",
        ),
        _kept(
            "first_report_is_kept",
            "first_reported_at",
            "first_reported_at",
            "first_reported_to",
        ),
        _kept("plan_receipt_is_kept", "planned_at", "planned_at"),
        pgtrigger.Protect(
            name="registered_is_never_deleted",
            operation=pgtrigger.Delete,
            condition=pgtrigger.Q(old__registered_at__isnull=False),
        ),
        never_truncated(),
    ]


def _kept(name: str, once: str, *columns: str) -> pgtrigger.Trigger:
    """Refuse other values in the columns, from when `once` is filled; "" = always."""
    changed = pgtrigger.Q()
    for column in columns:
        changed |= pgtrigger.Q(**{f"old__{column}__df": pgtrigger.F(f"new__{column}")})
    filled = pgtrigger.Q(**{f"old__{once}__isnull": False}) & changed
    return pgtrigger.Protect(
        name=name, operation=pgtrigger.Update, condition=filled if once else changed
    )
