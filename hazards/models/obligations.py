"""What an enterprise owes: a quarter's report, its principal's part in the year."""

import uuid
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Acting, Bureau, Enterprise
from accounts.models.dated import append_only, never_truncated
from hazards.rules.obligations import ObligationState
from hazards.rules.quarters import Quarter

WHOLE_YEAR = 0


class ObligationKind(models.TextChoices):
    """What is owed (circular 应急〔2025〕11号, item 10)."""

    QUARTER = "quarter", _("quarterly inspection and report")
    PARTICIPATION = "participation", _("principal taking part in person, once a year")


STATE_WORDS = {
    ObligationState.NOT_DUE: _("not due yet"),
    ObligationState.EXEMPT: _("exempt"),
    ObligationState.SATISFIED: _("done in time"),
    ObligationState.SATISFIED_LATE: _("done late"),
    ObligationState.PENDING: _("to be judged by the bureau"),
    ObligationState.MISSING: _("missing, to be verified"),
}
STATES = [(state.value, word) for state, word in STATE_WORDS.items()]
OWED = [ObligationState.MISSING.value, ObligationState.PENDING.value]


class ObligationQuerySet(models.QuerySet["Obligation"]):
    """Obligations by who looks and by what they are."""

    def visible_to(self, acting: Acting) -> Self:
        """One's own; a bureau sees those it or a bureau below it receives from now."""
        if acting.enterprise is not None:
            return self.filter(enterprise=acting.enterprise)
        if acting.bureau is None:
            return self.none()
        return self.filter(bureau__path__startswith=acting.bureau.path)

    def of_quarter(self, quarter: Quarter) -> Self:
        """The duties of the quarter."""
        return self.filter(
            kind=ObligationKind.QUARTER,
            year=quarter.year,
            quarter_number=quarter.number,
        )


class Obligation(models.Model):
    """
    One duty of one enterprise. `due_at`, the last instant in time, is stored when the
    period opens and never moves earlier. `outlook` is what the duty will be once that
    instant is over if nothing more comes; `state` is not_due until then, and the
    outlook afterwards (hazards/rules/obligations.py).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Found by the constraint's index. Every move writes every index once more.
    enterprise = models.ForeignKey(
        Enterprise,
        on_delete=models.PROTECT,
        related_name="obligations",
        db_index=False,
    )
    kind = models.CharField(max_length=13, choices=ObligationKind)
    year = models.PositiveSmallIntegerField()
    # 0 = the whole year.
    quarter_number = models.PositiveSmallIntegerField(default=WHOLE_YEAR)
    # The bureau that receives from the enterprise now.
    bureau = models.ForeignKey(
        Bureau, on_delete=models.PROTECT, related_name="obligations", db_index=False
    )
    due_at = models.DateTimeField()
    # The day that the policy names; days off may have moved the due day on.
    named_on = models.DateField()
    due_is_provisional = models.BooleanField(default=False)
    state = models.CharField(
        max_length=14, choices=STATES, default=ObligationState.NOT_DUE
    )
    outlook = models.CharField(max_length=14, choices=STATES[1:])
    opened_at = models.DateTimeField()
    # When the clock must look at it for another reason than its due instant.
    look_at = models.DateTimeField(null=True, blank=True)
    # When the next step of reminding is due; empty = nothing to remind of.
    remind_at = models.DateTimeField(null=True, blank=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "kind", "year", "quarter_number"],
                name="obligation_is_one_per_enterprise_and_period",
            ),
            models.CheckConstraint(
                condition=Q(kind=ObligationKind.QUARTER, quarter_number__range=(1, 4))
                | Q(kind=ObligationKind.PARTICIPATION, quarter_number=WHOLE_YEAR),
                name="obligation_has_its_period",
            ),
            models.CheckConstraint(
                condition=Q(state=ObligationState.NOT_DUE) | Q(state=F("outlook")),
                name="obligation_is_not_due_or_as_foreseen",
            ),
            models.CheckConstraint(
                condition=~Q(outlook=ObligationState.NOT_DUE),
                name="obligation_outlook_is_of_the_time_after",
            ),
        ]
        indexes = [
            # No key of a row's own in it: equal entries are stored together.
            models.Index(
                fields=[
                    "due_at",
                    "kind",
                    "outlook",
                    "year",
                    "quarter_number",
                    "bureau",
                ],
                name="obligation_to_come_due",
                condition=Q(state=ObligationState.NOT_DUE),
            ),
            models.Index(
                fields=["look_at"],
                name="obligation_to_look_at",
                condition=Q(look_at__isnull=False),
            ),
            models.Index(
                fields=["remind_at"],
                name="obligation_to_remind",
                condition=Q(remind_at__isnull=False),
            ),
            # Who owes what, by age: each filter of the list has its own, so that pages
            # are found and not searched for (hazards/queries/owed.py).
            models.Index(
                fields=["bureau", "kind", "due_at", "id"],
                name="obligation_owed_by_age",
                condition=Q(state__in=OWED),
            ),
            models.Index(
                fields=["bureau", "year", "quarter_number", "due_at", "id"],
                name="obligation_owed_of_period",
                condition=Q(state__in=OWED),
            ),
            models.Index(
                fields=["bureau", "kind", "due_at", "id"],
                name="obligation_to_be_judged",
                condition=Q(state=ObligationState.PENDING),
            ),
            models.Index(
                fields=["bureau", "kind", "due_at", "id"],
                name="obligation_ahead",
                condition=Q(state=ObligationState.NOT_DUE, outlook__in=OWED),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
            pgtrigger.Protect(
                name="due_never_moves_earlier",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__due_at__gt=pgtrigger.F("new__due_at")),
            ),
            pgtrigger.Protect(
                name="due_is_kept_once_over",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="not_due")
                & (
                    pgtrigger.Q(old__due_at__df=pgtrigger.F("new__due_at"))
                    | pgtrigger.Q(new__state="not_due")
                ),
            ),
            pgtrigger.Protect(
                name="identity_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__enterprise__df=pgtrigger.F("new__enterprise")
                )
                | pgtrigger.Q(old__kind__df=pgtrigger.F("new__kind"))
                | pgtrigger.Q(old__year__df=pgtrigger.F("new__year"))
                | pgtrigger.Q(
                    old__quarter_number__df=pgtrigger.F("new__quarter_number")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.period}"

    @property
    def quarter(self) -> Quarter | None:
        """The quarter that is owed; None for the principal's year."""
        if self.kind == ObligationKind.PARTICIPATION:
            return None
        return Quarter(self.year, self.quarter_number)

    @property
    def period(self) -> str:
        """The quarter like 2026Q3, or the year."""
        return str(self.quarter or self.year)


class DueChange(models.Model):
    """A due instant moved later: by which cause, and when the portal did so."""

    obligation = models.ForeignKey(
        Obligation, on_delete=models.PROTECT, related_name="due_changes"
    )
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    cause = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.obligation_id} → {self.to_at}"


class Opening(models.Model):
    """A period that was opened for everybody; written with the duties themselves."""

    kind = models.CharField(max_length=13, choices=ObligationKind)
    year = models.PositiveSmallIntegerField()
    quarter_number = models.PositiveSmallIntegerField(default=WHOLE_YEAR)
    at = models.DateTimeField()
    opened = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "year", "quarter_number"], name="opening_is_one"
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.kind} {self.year} {self.quarter_number}"
