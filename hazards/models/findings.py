"""
What a spot check found, what officers say about it, and whether it is a hazard that the
enterprise had on its own record. Rows are written once.
"""

import uuid
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Acting, Enterprise, Membership, Site
from accounts.models.dated import append_only
from hazards.models.attachments import Attachment
from hazards.models.filled_once import another_person
from hazards.models.general_hazards import GeneralHazard
from hazards.models.hazards import MajorHazard, Stop
from hazards.models.spot_checks import SpotCheck


class Regulator(models.TextChoices):
    """Whose criterion a finding falls under."""

    EMERGENCY = "emergency", _("emergency management")
    OTHER = "other", _("another department")


class FindingQuerySet(models.QuerySet["Finding"]):
    """Findings by who looks."""

    def visible_to(self, acting: Acting) -> Self:
        """Those of the spot checks that the person sees."""
        return self.filter(spot_check__in=SpotCheck.objects.visible_to(acting))


class Finding(models.Model):
    """
    A hazard found on site: under a clause in force that day, where, what, and what was
    ordered on the spot (安全生产法 art. 65, 70). `found_at` is the server's time at
    which it was recorded; `clause_facts` the clause as it read. `rectify_by`
    is the last day (Asia/Shanghai) to put it right.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Made with the form: sent twice, it is one finding.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=30, unique=True)
    spot_check = models.ForeignKey(
        SpotCheck, on_delete=models.PROTECT, related_name="findings"
    )
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="findings"
    )
    found_at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    # Whether it meets a criterion of a major hazard; then under which clause.
    is_major = models.BooleanField()
    # A code of hazards.rules.catalogue.
    clause = models.CharField(max_length=60, blank=True)
    clause_facts = models.JSONField(null=True, blank=True)
    regulator = models.CharField(
        max_length=10, choices=Regulator, default=Regulator.EMERGENCY
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    place = models.CharField(max_length=200)
    description = models.TextField()
    ordered = models.TextField(blank=True)
    stop_ordered = models.CharField(max_length=10, choices=Stop, blank=True)
    rectify_by = models.DateField(null=True, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(is_major=True, regulator="emergency", clause=""),
                name="major_finding_has_its_clause",
            ),
            models.CheckConstraint(
                condition=~Q(place="") & ~Q(description=""),
                name="finding_says_where_and_what",
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "-id"], name="finding_by_enterprise"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="found_while_on_site",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    PERFORM 1 FROM hazards_spotcheck
                    WHERE id = NEW.spot_check_id AND enterprise_id = NEW.enterprise_id
                      AND state = 'started' AND kind <> 'guidance' FOR SHARE;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION
                            'a finding is made during an inspection, never a guidance';
                    END IF;
                    RETURN NEW;
                """,
            ),
            *append_only(),
        ]

    def __str__(self) -> str:
        return self.number


class FindingPhoto(models.Model):
    """A photo or document of a finding; written with it."""

    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, related_name="photos"
    )
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, related_name="finding_photos"
    )
    ordinal = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "attachment"], name="finding_shows_a_photo_once"
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.finding_id} {self.attachment_id}"


class FindingAssessment(models.Model):
    """
    What only an officer on site can say of a finding; empty = not judged. The latest
    counts. `existed_at_last_inspection`: whether it was there at the last inspection of
    the enterprise's own team.
    """

    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, related_name="assessments"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    measures_effective = models.BooleanField(null=True, blank=True)
    existed_at_last_inspection = models.BooleanField(null=True, blank=True)
    falsified = models.BooleanField(default=False)
    stop_order_defied = models.BooleanField(default=False)
    accident = models.BooleanField(default=False)
    note = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(note=""), name="finding_assessment_has_reasons"
            )
        ]
        indexes = [
            models.Index(fields=["finding", "-id"], name="assessment_by_finding")
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.finding_id} {self.pk}"


class MatchVerdict(models.TextChoices):
    """Whether a finding is a hazard on the enterprise's own record."""

    SAME = "same", _("the same hazard")
    PART = "part", _("part of it only")
    UNCLEAR = "unclear", _("cannot be told")
    DIFFERENT = "different", _("a different hazard")
    NONE = "none", _("nothing on record to compare with")


ABSENT = (MatchVerdict.DIFFERENT, MatchVerdict.NONE)
"""Not on the enterprise's record: where that leads to a penalty, two say so."""

OnRecord = MajorHazard | GeneralHazard
"""What an enterprise had found itself, and put on record as major or as general."""
_ONE_RECORD = Q(hazard__isnull=False, general__isnull=True) | Q(
    hazard__isnull=True, general__isnull=False
)


class FindingMatch(models.Model):
    """
    One comparison of a finding with the enterprise's record, by an officer: the verdict
    on the whole, and the hazard where it is the same or part of it, be it one that was
    graded general from the beginning. `considered` is what the portal laid before the
    officer: every candidate, what fits and what does not. The latest counts.
    """

    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, related_name="matches"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=MatchVerdict)
    hazard = models.ForeignKey(
        MajorHazard,
        on_delete=models.PROTECT,
        related_name="matches",
        null=True,
        blank=True,
    )
    # Instead of it: one that the enterprise had graded general.
    general = models.ForeignKey(
        GeneralHazard,
        on_delete=models.PROTECT,
        related_name="matches",
        null=True,
        blank=True,
    )
    note = models.TextField()
    considered = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(verdict__in=["same", "part"]) & _ONE_RECORD)
                | Q(verdict="unclear")
                | Q(
                    verdict__in=["different", "none"],
                    hazard__isnull=True,
                    general__isnull=True,
                ),
                name="match_names_its_hazard",
            ),
            models.CheckConstraint(condition=~Q(note=""), name="match_has_reasons"),
        ]
        indexes = [models.Index(fields=["finding", "-id"], name="match_by_finding")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.finding_id} {self.verdict}"

    @property
    def record(self) -> OnRecord | None:
        """What it is the same as or part of."""
        return self.hazard or self.general


class MatchAnswer(models.Model):
    """The officer's answer on one candidate, in the order in which they were shown."""

    match = models.ForeignKey(
        FindingMatch, on_delete=models.PROTECT, related_name="answers"
    )
    hazard = models.ForeignKey(
        MajorHazard, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    # Instead of it: one that the enterprise had graded general.
    general = models.ForeignKey(
        GeneralHazard, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    rank = models.PositiveIntegerField()
    verdict = models.CharField(max_length=10, choices=MatchVerdict)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["match", "hazard"], name="match_answers_a_candidate_once"
            ),
            models.UniqueConstraint(
                fields=["match", "general"], name="match_answers_a_general_once"
            ),
            models.CheckConstraint(
                condition=_ONE_RECORD, name="match_answer_is_of_one_record"
            ),
            models.CheckConstraint(
                condition=~Q(verdict="none"), name="match_answer_is_of_a_candidate"
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.match_id} {self.rank} {self.verdict}"

    @property
    def record(self) -> OnRecord:
        """The candidate."""
        found = self.hazard or self.general
        assert found is not None  # noqa: S101 (the table's own condition)
        return found


class MatchSecond(models.Model):
    """A second person's word on a match; never that of whoever made it."""

    match = models.OneToOneField(
        FindingMatch, on_delete=models.PROTECT, related_name="second", primary_key=True
    )
    agrees = models.BooleanField()
    note = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(note=""), name="match_second_has_reasons"
            )
        ]
        triggers = [
            another_person(
                "seconded_by_another",
                column="by_id",
                first="SELECT by_id FROM hazards_findingmatch WHERE id = NEW.match_id",
                refusal="a match is seconded by another than who made it",
            ),
            *append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.match_id} {self.agrees}"
