"""General hazards (一般事故隐患): kept lightly, counted in the quarterly table."""

import uuid
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from accounts.models import Acting, Enterprise, Membership, Site
from accounts.models.dated import never_truncated
from hazards.models.attachments import Attachment
from hazards.models.hazards import MajorHazard

_LATER = ", ".join(
    f"'{column}'"
    for column in (
        *("rectified_on", "measures", "funds_spent", "after_id"),
        *("rectified_at", "rectified_by_id"),
        *("struck_at", "struck_by_id", "struck_because"),
        *("raised_at", "raised_by_id", "raised_to_id"),
    )
)
# What was added once is not added again.
_FILLED_BEFORE = " OR ".join(
    f"OLD.{once} IS NOT NULL AND ({', '.join(f'OLD.{c}' for c in columns)})"
    f" IS DISTINCT FROM ({', '.join(f'NEW.{c}' for c in columns)})"
    for once, columns in (
        (
            "rectified_at",
            (
                *("rectified_on", "measures", "funds_spent", "after_id"),
                *("rectified_at", "rectified_by_id"),
            ),
        ),
        ("struck_at", ("struck_at", "struck_by_id", "struck_because")),
        ("raised_at", ("raised_at", "raised_by_id", "raised_to_id")),
    )
)


class GeneralHazardQuerySet(models.QuerySet["GeneralHazard"]):
    """General hazards by who looks."""

    def visible_to(self, acting: Acting) -> Self:
        """The enterprise's own: no law asks that a bureau reads each of them."""
        if acting.enterprise is None:
            return self.none()
        return self.filter(enterprise=acting.enterprise)

    def standing(self) -> Self:
        """Not rectified, struck out or graded up: still to be eliminated."""
        return self.filter(
            rectified_at__isnull=True, struck_at__isnull=True, raised_at__isnull=True
        )


class GeneralHazard(models.Model):
    """
    A hazard of small harm that can be eliminated at once (Order 16, art. 3), graded
    general with a reason. What was said of it stays; one of three ends is added once:
    its elimination, why it is struck out, or the major hazard as which it was graded
    up. Days are days in Asia/Shanghai; instants the server's, UTC.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=30, unique=True)
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="general_hazards"
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=200)
    description = models.TextField()
    # Why it is general and not major.
    reason = models.TextField(blank=True)
    found_on = models.DateField()
    responsible_person = models.CharField(max_length=60, blank=True)
    due_on = models.DateField(null=True, blank=True)
    before = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    # The major hazard that was graded down to it.
    came_from = models.ForeignKey(
        MajorHazard,
        on_delete=models.PROTECT,
        related_name="as_general",
        null=True,
        blank=True,
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+"
    )

    rectified_on = models.DateField(null=True, blank=True)
    measures = models.TextField(blank=True)
    # 万元, ten thousand yuan.
    funds_spent = models.DecimalField(
        max_digits=12, decimal_places=4, null=True, blank=True
    )
    after = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    rectified_at = models.DateTimeField(null=True, blank=True)
    rectified_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    struck_because = models.TextField(blank=True)
    raised_at = models.DateTimeField(null=True, blank=True)
    raised_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    # A hazard graded down and up again may have been general more than once.
    raised_to = models.ForeignKey(
        MajorHazard,
        on_delete=models.PROTECT,
        related_name="was_general",
        null=True,
        blank=True,
    )

    objects = GeneralHazardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rectified_on__isnull=True, rectified_at__isnull=True)
                | Q(
                    rectified_on__gte=F("found_on"),
                    rectified_at__isnull=False,
                    rectified_by__isnull=False,
                ),
                name="general_hazard_is_rectified_after_it_is_found",
            ),
            models.CheckConstraint(
                condition=Q(struck_at__isnull=True, struck_because="")
                | (
                    Q(struck_at__isnull=False, struck_by__isnull=False)
                    & ~Q(struck_because="")
                ),
                name="general_hazard_is_struck_out_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(
                    raised_at__isnull=True,
                    raised_by__isnull=True,
                    raised_to__isnull=True,
                )
                | Q(
                    raised_at__isnull=False,
                    raised_by__isnull=False,
                    raised_to__isnull=False,
                ),
                name="general_hazard_is_graded_up_to_a_major_one",
            ),
            models.CheckConstraint(
                condition=Q(rectified_at__isnull=True, struck_at__isnull=True)
                | Q(rectified_at__isnull=True, raised_at__isnull=True)
                | Q(struck_at__isnull=True, raised_at__isnull=True),
                name="general_hazard_ends_one_way",
            ),
            models.CheckConstraint(
                condition=Q(funds_spent__isnull=True) | Q(funds_spent__gte=0),
                name="general_hazard_funds_are_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "-id"], name="general_by_enterprise"),
            models.Index(
                fields=["enterprise", "found_on"], name="general_by_day_found"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="said_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'DELETE'
                       OR to_jsonb(NEW) - ARRAY[{_LATER}]
                       <> to_jsonb(OLD) - ARRAY[{_LATER}]
                       OR {_FILLED_BEFORE} THEN
                        RAISE EXCEPTION 'what was said of a hazard stays';
                    END IF;
                    RETURN NEW;
                """,
            ),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_standing(self) -> bool:
        """Still to be eliminated."""
        ends = (self.rectified_at, self.struck_at, self.raised_at)
        return all(end is None for end in ends)
