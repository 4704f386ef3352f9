"""The visit: an enterprise looks for its own major hazards."""

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Acting, Enterprise, Membership, Site
from hazards.rules.quarters import Quarter


class TeamKind(models.TextChoices):
    """Who inspected (circular 应急〔2025〕11号, item 10 asks for the internal team)."""

    INTERNAL = "internal", _("internal team")
    EXTERNAL = "external", _("external people")


class SelfInspectionQuerySet(models.QuerySet["SelfInspection"]):
    """Visits by who looks and by quarter."""

    def visible_to(self, acting: Acting) -> Self:
        """
        The enterprise's own. A bureau sees a visit only in the signed report that
        lists it.
        """
        if acting.enterprise is None:
            return self.none()
        return self.filter(enterprise=acting.enterprise)

    def held_in(self, quarter: Quarter) -> Self:
        """Visits held on days of the quarter."""
        return self.filter(
            started_on__gte=quarter.starts_on, ended_on__lte=quarter.ends_on
        )


class SelfInspection(models.Model):
    """
    A visit (自查): on which days, which sites, by whom. Dates are days in
    Asia/Shanghai, all inside one calendar quarter.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=30, unique=True)
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="inspections"
    )
    started_on = models.DateField()
    ended_on = models.DateField()
    team = models.CharField(max_length=10, choices=TeamKind)
    external_organisation = models.CharField(max_length=120, blank=True)
    sites = models.ManyToManyField(Site, related_name="inspections")
    areas = models.TextField(blank=True)
    # Raised at every save; a save made from an older one is refused.
    revision = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+"
    )

    objects = SelfInspectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__gte=F("started_on")),
                name="inspection_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__year=F("started_on__year"))
                & Q(ended_on__quarter=F("started_on__quarter")),
                name="inspection_is_inside_one_quarter",
            ),
            models.CheckConstraint(
                condition=Q(team=TeamKind.INTERNAL)
                | (Q(team=TeamKind.EXTERNAL) & ~Q(external_organisation="")),
                name="external_inspection_names_who_came",
            ),
        ]
        indexes = [
            models.Index(
                fields=["enterprise", "-started_on"], name="inspection_by_enterprise"
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def quarter(self) -> Quarter:
        """The calendar quarter in which it was held."""
        return Quarter.containing(self.started_on)


class Attendance(models.Model):
    """
    A member of the enterprise, or a named outsider, at a visit. `took_part` is what
    the team states; `signed_in_at` is that member's own act, in server time.
    """

    inspection = models.ForeignKey(
        SelfInspection, on_delete=models.CASCADE, related_name="attendances"
    )
    membership = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        related_name="attendances",
        null=True,
        blank=True,
    )
    full_name = models.CharField(max_length=60)
    capacity = models.CharField(max_length=60, blank=True)
    took_part = models.BooleanField(default=True)
    signed_in_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "membership"],
                condition=Q(membership__isnull=False),
                name="member_attends_an_inspection_once",
            )
        ]

    def __str__(self) -> str:
        return self.full_name


class PrincipalParticipation(models.Model):
    """
    The principal took part in person (item 10: at least once a year): a fact apart
    from signing, stated with evidence, and later confirmed by himself.
    """

    inspection = models.OneToOneField(
        SelfInspection, on_delete=models.CASCADE, related_name="participation"
    )
    principal = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="participations"
    )
    evidence = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(evidence=""), name="participation_has_evidence"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True)
                | Q(confirmed_at__gte=F("recorded_at")),
                name="participation_is_confirmed_after_it_is_recorded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.principal_id}"
