"""
A bureau's spot check of an enterprise (抽查): planned, approved by the bureau's head,
begun on arrival, ended. Circular 应急〔2025〕11号, items 2 to 6, 12 to 14.
"""

import uuid
from typing import Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Acting, Bureau, Enterprise, Membership, Site
from accounts.models.dated import append_only
from hazards.models.attachments import Attachment
from hazards.models.filled_once import another_person, filled_once


class CheckKind(models.TextChoices):
    """Why the bureau comes."""

    PLANNED = "planned", _("by the yearly plan")
    SPECIAL = "special", _("special inspection")
    COMPLAINT = "complaint", _("complaint or tip-off")
    TRANSFER = "transfer", _("handed over by another authority")
    DATA_ALERT = "data_alert", _("alert from monitoring")
    RECHECK = "recheck", _("re-check of a rectification")
    GUIDANCE = "guidance", _("guidance visit, no inspection")


COUNTED_KINDS = (CheckKind.PLANNED, CheckKind.SPECIAL)
"""
Counted against the yearly cap of item 3: complaints, transfers and alerts are outside
it; re-checks are shown apart; guidance is no inspection (item 12).
"""


class CheckState(models.TextChoices):
    """Where a spot check stands."""

    PLANNED = "planned", _("waiting for the head’s approval")
    APPROVED = "approved", pgettext_lazy("state of a spot check", "approved")
    REFUSED = "refused", pgettext_lazy("state of a spot check", "not approved")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of a spot check", "withdrawn")
    STARTED = "started", _("begun on site")
    ENDED = "ended", pgettext_lazy("state of a spot check", "ended")


BEGUN = (CheckState.STARTED, CheckState.ENDED)
"""It took place: it counts, and is never changed or deleted (item 14)."""

CHECK_MOVES: tuple[tuple[CheckState, CheckState], ...] = (
    (CheckState.PLANNED, CheckState.APPROVED),
    (CheckState.PLANNED, CheckState.REFUSED),
    (CheckState.PLANNED, CheckState.WITHDRAWN),
    (CheckState.APPROVED, CheckState.WITHDRAWN),
    (CheckState.APPROVED, CheckState.STARTED),
    (CheckState.STARTED, CheckState.ENDED),
)
"""The moves that the database lets pass; hazards.workflow says who makes them."""


class SpotCheckQuerySet(models.QuerySet["SpotCheck"]):
    """Spot checks by who looks and by what they are."""

    def visible_to(self, acting: Acting) -> Self:
        """
        An enterprise sees those of itself that it was told of or that took place; a
        bureau its own, those of bureaus below it, those it joins, and those of the
        enterprises that it sees.
        """
        if acting.enterprise is not None:
            return self.filter(
                Q(state__in=BEGUN) | Q(notified_at__isnull=False),
                enterprise=acting.enterprise,
            )
        if acting.bureau is None:
            return self.none()
        path = acting.bureau.path
        return self.filter(
            Q(bureau__path__startswith=path)
            | Q(joint_bureau__path__startswith=path)
            | Q(enterprise__in=Enterprise.objects.visible_to(acting))
        )

    def begun_in(self, year: int) -> Self:
        """Those that took place in the calendar year (Asia/Shanghai)."""
        return self.filter(started_at__year=year, state__in=BEGUN)


class SpotCheck(models.Model):
    """
    One spot check. What was planned never changes; what happens to it is filled in
    once, at the server's time (UTC): the answer of the bureau's head, the notice to the
    enterprise, the arrival (`started_at`), the end. `counts` is what was shown about
    this year's checks before it began, `reason_to_go_on` why it began in spite of a
    warning. A joint check counts once.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=30, unique=True)
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="spot_checks"
    )
    bureau = models.ForeignKey(
        Bureau, on_delete=models.PROTECT, related_name="spot_checks"
    )
    joint_bureau = models.ForeignKey(
        Bureau, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    # Where; empty = the whole enterprise.
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    kind = models.CharField(max_length=12, choices=CheckKind)
    # Codes of hazards.rules.matters: what is looked at, so that repeats are seen.
    matters = ArrayField(models.CharField(max_length=60))
    purpose = models.TextField()
    # The yearly plan, the filed special plan, the complaint: as the bureau cites it.
    plan_reference = models.CharField(max_length=200, blank=True)
    planned_on = models.DateField()
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        max_length=10, choices=CheckState, default=CheckState.PLANNED
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    answer = models.TextField(blank=True)
    notified_at = models.DateTimeField(null=True, blank=True)
    notified_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    notice = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    counts = models.JSONField(null=True, blank=True)
    reason_to_go_on = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    summary = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    objects = SpotCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(joint_bureau__isnull=True) | ~Q(joint_bureau=F("bureau")),
                name="spot_check_joins_another_bureau",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=["planned", "withdrawn"])
                    | Q(answered_at__isnull=False, answered_by__isnull=False)
                ),
                name="spot_check_is_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        state__in=BEGUN,
                        started_at__isnull=False,
                        started_by__isnull=False,
                        counts__isnull=False,
                    )
                    | (~Q(state__in=BEGUN) & Q(started_at__isnull=True))
                ),
                name="spot_check_begun_has_its_time_and_counts",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="ended", ended_at__isnull=False, ended_by__isnull=False)
                    | (~Q(state="ended") & Q(ended_at__isnull=True))
                ),
                name="spot_check_ended_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(notified_at__isnull=True)
                | Q(answered_at__isnull=False, notified_by__isnull=False),
                name="spot_check_is_announced_after_approval",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        state="withdrawn",
                        withdrawn_at__isnull=False,
                        withdrawn_by__isnull=False,
                    )
                    | (
                        ~Q(state="withdrawn")
                        & Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                    )
                ),
                name="spot_check_withdrawn_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "-id"], name="check_by_enterprise"),
            models.Index(fields=["bureau", "-id"], name="check_by_bureau"),
            models.Index(
                fields=["enterprise", "started_at"],
                name="check_begun_of_enterprise",
                condition=Q(state__in=BEGUN),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_moves_as_the_table_says",
                field="state",
                transitions=[(str(a), str(b)) for a, b in CHECK_MOVES],
            ),
            pgtrigger.Protect(
                name="spot_check_begins_planned",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__state__df="planned"),
            ),
            another_person(
                "approved_by_another",
                column="answered_by_id",
                first="SELECT NEW.planned_by_id",
                refusal="a spot check is approved by another than who planned it",
                update=True,
            ),
            *filled_once(
                "answered_at",
                "answered_by_id",
                "answer",
                "notified_at",
                "notified_by_id",
                "notice",
                "started_at",
                "started_by_id",
                "counts",
                "reason_to_go_on",
                "ended_at",
                "ended_by_id",
                "summary",
                "withdrawn_at",
                "withdrawn_by_id",
                always=("state",),
            ),
        ]

    def __str__(self) -> str:
        return self.number


def _of_the_plan() -> pgtrigger.Trigger:
    """Who comes is part of the plan that the head approves."""
    return pgtrigger.Trigger(
        name="belongs_to_the_plan",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            PERFORM 1 FROM hazards_spotcheck
            WHERE id = NEW.spot_check_id AND state = 'planned' FOR SHARE;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'who comes is said before the plan is approved';
            END IF;
            RETURN NEW;
        """,
    )


class SpotCheckOfficer(models.Model):
    """An officer of a spot check, with the certificate held when it was planned."""

    spot_check = models.ForeignKey(
        SpotCheck, on_delete=models.PROTECT, related_name="officers"
    )
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+"
    )
    certificate_number = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["spot_check", "membership"], name="check_names_an_officer_once"
            ),
            models.CheckConstraint(
                condition=~Q(certificate_number=""),
                name="check_officer_has_a_certificate",
            ),
        ]
        triggers = [_of_the_plan(), *append_only()]

    def __str__(self) -> str:
        return f"{self.spot_check_id} {self.membership_id}"


class AssistantKind(models.TextChoices):
    """Who only assists and has no say (circular 应急〔2025〕11号, items 6 and 13)."""

    HELPER = "helper", _("assistant")
    EXPERT = "expert", _("expert")
    TECHNICIAN = "technician", _("technical inspector")


class SpotCheckAssistant(models.Model):
    """Somebody who comes with the officers and decides nothing."""

    spot_check = models.ForeignKey(
        SpotCheck, on_delete=models.PROTECT, related_name="assistants"
    )
    kind = models.CharField(max_length=10, choices=AssistantKind)
    name = models.CharField(max_length=60)
    organisation = models.CharField(max_length=120, blank=True)

    class Meta:
        triggers = [_of_the_plan(), *append_only()]

    def __str__(self) -> str:
        return f"{self.spot_check_id} {self.kind}"


class CheckCorrection(models.Model):
    """
    What an officer says must be corrected of a check that took place, or of a finding
    of it, with the reason; the bureau's head approves or refuses it. The record itself
    stays as it is; an approved correction stands beside it (item 14).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    spot_check = models.ForeignKey(
        SpotCheck, on_delete=models.PROTECT, related_name="corrections"
    )
    # Written "Finding" by name: its module imports this one.
    finding = models.ForeignKey(
        "hazards.Finding",
        on_delete=models.PROTECT,
        related_name="corrections",
        null=True,
        blank=True,
    )
    text = models.TextField()
    reason = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    approved = models.BooleanField(null=True, blank=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(reason=""),
                name="check_correction_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(
                    approved__isnull=True,
                    answered_at__isnull=True,
                    answered_by__isnull=True,
                )
                | (
                    Q(
                        approved__isnull=False,
                        answered_at__isnull=False,
                        answered_by__isnull=False,
                    )
                    & ~Q(answered_by=F("asked_by"))
                ),
                name="check_correction_is_answered_by_another",
            ),
        ]
        triggers = [
            another_person(
                "answered_by_another",
                column="answered_by_id",
                first="SELECT NEW.asked_by_id",
                refusal="a correction is approved by another than who asked for it",
                update=True,
            ),
            *filled_once("approved", "answer", "answered_at", "answered_by_id"),
        ]

    def __str__(self) -> str:
        return f"{self.spot_check_id} {self.pk}"


class SignedOpinion(models.Model):
    """
    The rectification opinion (整改意见) as the enterprise's person in charge signed it
    on site: scan or photo (item 9).
    """

    spot_check = models.ForeignKey(
        SpotCheck, on_delete=models.PROTECT, related_name="signed_opinions"
    )
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, related_name="signed_opinions"
    )
    signed_by = models.CharField(max_length=60)
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.spot_check_id} {self.signed_by}"
