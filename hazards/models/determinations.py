"""
What the rulebook proposes for a finding, kept as it was made; what the deciding officer
decided for each respondent; what the enterprise says against it (认定、决定、陈述申辩).
Rows are written once.
"""

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Acting, Membership
from accounts.models.dated import append_only
from hazards.models.attachments import Attachment
from hazards.models.filled_once import another_person
from hazards.models.findings import Finding


class CaseOutcome(models.TextChoices):
    """What is proposed or decided (circular 应急〔2025〕11号, item 10)."""

    NO_PENALTY = "no_penalty", _("no penalty")
    PENALTY = "penalty", _("open a penalty case")
    ACCOUNTABILITY = "accountability", _("trace responsibility")
    REVIEW = "review", _("to be judged by a person")
    NONE = "none", _("no consequence under item 10")


class Respondent(models.TextChoices):
    """Whom it concerns; the two of a double-penalty case are kept apart."""

    ENTERPRISE = "enterprise", _("enterprise")
    PRINCIPAL = "principal", _("principal responsible person")
    TEAM = "team", _("internal inspection team")


class DeterminationQuerySet(models.QuerySet["Determination"]):
    """Determinations by who looks."""

    def visible_to(self, acting: Acting) -> Self:
        """Those of the findings one sees; the enterprise's once they are decided."""
        seen = self.filter(finding__in=Finding.objects.visible_to(acting))
        if acting.enterprise is None:
            return seen
        return seen.filter(
            Exists(Decision.objects.filter(determination=OuterRef("pk")))
        )


class Determination(models.Model):
    """
    A proposal of the rulebook, with everything it was made from: `content` is the exact
    bytes (canonical JSON of facts, calendar, policies, rulebook version and digest, and
    result), which give the same bytes when it is run again. The latest of a finding
    counts. The columns beside repeat the result for lists.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=30, unique=True)
    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, related_name="determinations"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    content = models.BinaryField()
    content_sha256 = models.CharField(max_length=64)
    facts_sha256 = models.CharField(max_length=64)
    rulebook = models.CharField(max_length=40)
    rulebook_sha256 = models.CharField(max_length=64)
    decisive = models.CharField(max_length=40)
    enterprise_outcome = models.CharField(max_length=14, choices=CaseOutcome)
    enterprise_leaning = models.CharField(
        max_length=14, choices=CaseOutcome, blank=True
    )
    principal_outcome = models.CharField(max_length=14, choices=CaseOutcome)
    principal_leaning = models.CharField(max_length=14, choices=CaseOutcome, blank=True)
    team_outcome = models.CharField(max_length=14, choices=CaseOutcome)
    team_leaning = models.CharField(max_length=14, choices=CaseOutcome, blank=True)

    objects = DeterminationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(content_sha256__regex=r"^[0-9a-f]{64}$")
                & Q(facts_sha256__regex=r"^[0-9a-f]{64}$")
                & Q(rulebook_sha256__regex=r"^[0-9a-f]{64}$"),
                name="determination_digests_are_sha256",
            ),
        ]
        indexes = [
            models.Index(fields=["finding", "-id"], name="determination_by_finding")
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.number


class Decision(models.Model):
    """
    What a deciding officer decided for one respondent: the proposal confirmed, or
    departed from with a written reason. A later one replaces it, by hand; once decided
    by hand, no proposal of the rulebook does. `provisions` are keys of
    hazards.rules.provisions. `respondent_name` as it was that day.
    """

    determination = models.ForeignKey(
        Determination, on_delete=models.PROTECT, related_name="decisions"
    )
    respondent = models.CharField(max_length=10, choices=Respondent)
    respondent_name = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=14, choices=CaseOutcome)
    is_departure = models.BooleanField()
    reason = models.TextField(blank=True)
    provisions = ArrayField(models.CharField(max_length=60), default=list)
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_departure=False) | ~Q(reason=""),
                name="decision_that_departs_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["determination", "respondent", "-id"],
                name="decision_by_determination",
            )
        ]
        triggers = [
            another_person(
                "decided_by_another",
                column="by_id",
                first="""
                    SELECT officer.membership_id
                    FROM hazards_determination made
                    JOIN hazards_finding found ON found.id = made.finding_id
                    JOIN hazards_spotcheckofficer officer
                      ON officer.spot_check_id = found.spot_check_id
                    WHERE made.id = NEW.determination_id
                    UNION ALL
                    SELECT found.by_id
                    FROM hazards_determination made
                    JOIN hazards_finding found ON found.id = made.finding_id
                    WHERE made.id = NEW.determination_id
                """,
                refusal="who inspected does not decide",
            ),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.determination_id} {self.respondent} {self.outcome}"


class Objection(models.Model):
    """What the enterprise states against it (陈述、申辩), on record for good."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Made with the form: sent twice, it is one objection.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, related_name="objections"
    )
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="objection_has_words")
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.finding_id} {self.pk}"


class ObjectionFile(models.Model):
    """Evidence that comes with an objection; written with it."""

    objection = models.ForeignKey(
        Objection, on_delete=models.PROTECT, related_name="files"
    )
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, related_name="objection_files"
    )

    class Meta:
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.objection_id} {self.attachment_id}"


class ObjectionAnswer(models.Model):
    """The bureau's answer to an objection."""

    objection = models.OneToOneField(
        Objection, on_delete=models.PROTECT, related_name="answer", primary_key=True
    )
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only()

    def __str__(self) -> str:
        return str(self.objection_id)
