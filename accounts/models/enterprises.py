"""Enterprises, their sites, and the dated facts about them."""

import uuid
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.bureaus import Bureau, Jurisdiction
from accounts.models.dated import (
    NOTED,
    DatedFact,
    DatedQuerySet,
    ended_never_edited,
    ends_after_start,
    no_overlap,
    noted_for_the_clock,
)

if TYPE_CHECKING:
    from accounts.models.acting import Acting


class EnterpriseQuerySet(models.QuerySet["Enterprise"]):
    """Enterprises by who looks."""

    def visible_to(self, acting: "Acting") -> Self:
        """
        One's own; for a bureau those assigned to it or to a bureau below it today,
        by the enterprise or by one of its sites; an operator sees none.
        """
        if acting.enterprise is not None:
            return self.filter(pk=acting.enterprise.pk)
        if acting.bureau is None:
            return self.none()
        return self.filter(
            Exists(
                SupervisionAssignment.objects.holding_on(acting.on).filter(
                    enterprise=OuterRef("pk"),
                    bureau__path__startswith=acting.bureau.path,
                )
            )
        )


class Enterprise(models.Model):
    """A production and business entity (生产经营单位)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    uscc = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    name = models.CharField(_("name"), max_length=120)
    registered_address = models.CharField(_("registered address"), max_length=200)
    county = models.ForeignKey(
        Jurisdiction, on_delete=models.PROTECT, related_name="enterprises"
    )
    industry = models.CharField(_("industry (GB/T 4754)"), max_length=5)
    established_on = models.DateField(_("established on"))
    recorded_at = models.DateTimeField()

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
                name="uscc_is_18_of_31_characters",
            )
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="enterprise_by_name"),
            # For the beginning of a name, whatever the collation.
            models.Index(
                fields=["name"],
                opclasses=["varchar_pattern_ops"],
                name="enterprise_by_name_prefix",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="noted_for_the_clock",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("established_on"),  # type: ignore[no-untyped-call]
                func=NOTED.format(
                    column="enterprise_id", whose="id", from_on="CURRENT_DATE - 1"
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name


class SiteQuerySet(models.QuerySet["Site"]):
    """Sites by who looks."""

    def visible_to(self, acting: "Acting") -> Self:
        """The sites of the enterprises that the person sees."""
        return self.filter(enterprise__in=Enterprise.objects.visible_to(acting))


class Site(models.Model):
    """A place where an enterprise works, in one county."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="sites"
    )
    name = models.CharField(_("name"), max_length=100)
    address = models.CharField(_("address"), max_length=200)
    county = models.ForeignKey(
        Jurisdiction, on_delete=models.PROTECT, related_name="sites"
    )
    recorded_at = models.DateTimeField()

    objects = SiteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "name"], name="site_name_is_one_per_enterprise"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SupervisionAssignment(DatedFact):
    """
    Which bureau receives: that of the site where one is assigned, else that of the
    enterprise (circular 应急〔2025〕11号, items 4 and 10: 属地有管辖权的应急管理部门).
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="assignments"
    )
    site = models.ForeignKey(
        Site,
        on_delete=models.PROTECT,
        related_name="assignments",
        null=True,
        blank=True,
    )
    bureau = models.ForeignKey(
        Bureau, on_delete=models.PROTECT, related_name="assignments"
    )
    reason = models.CharField(max_length=500, blank=True)

    objects = models.Manager.from_queryset(DatedQuerySet["SupervisionAssignment"])()

    class Meta:
        constraints = [
            ends_after_start("assignment"),
            no_overlap(
                "enterprise_has_one_bureau_a_day",
                "enterprise",
                condition=Q(site__isnull=True),
            ),
            no_overlap(
                "site_has_one_bureau_a_day", "site", condition=Q(site__isnull=False)
            ),
        ]
        triggers = [
            *ended_never_edited(),
            noted_for_the_clock(
                "enterprise_id", condition=pgtrigger.Q(new__site__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} → {self.bureau_id}"


class StandardizationLevel(DatedFact):
    """
    A work-safety standardization level (应急〔2021〕83号): 1 by the ministry, 2 by the
    province, 3 by the city; valid three years. None on record = not graded.
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="standardization_levels"
    )
    level = models.PositiveSmallIntegerField()
    certificate_number = models.CharField(max_length=60, blank=True)

    objects = models.Manager.from_queryset(DatedQuerySet["StandardizationLevel"])()

    class Meta:
        constraints = [
            ends_after_start("standardization"),
            models.CheckConstraint(
                condition=Q(level__range=(1, 3)), name="standardization_is_1_to_3"
            ),
            no_overlap("standardization_is_one_a_day", "enterprise"),
        ]
        triggers = ended_never_edited()

    def __str__(self) -> str:
        return f"{self.enterprise_id} level {self.level}"


class HighRiskDesignation(DatedFact):
    """The bureau's word that an enterprise is high-risk, with its basis."""

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="high_risk_designations"
    )
    basis = models.CharField(max_length=300)

    objects = models.Manager.from_queryset(DatedQuerySet["HighRiskDesignation"])()

    class Meta:
        constraints = [
            ends_after_start("high_risk"),
            no_overlap("high_risk_is_said_once_a_day", "enterprise"),
        ]
        triggers = ended_never_edited()

    def __str__(self) -> str:
        return f"{self.enterprise_id} high-risk"


class Feature(models.TextChoices):
    """Hazard features that cut across industries and decide which clauses apply."""

    DUST = "dust", _("combustible dust")
    AMMONIA = "ammonia", _("ammonia refrigeration")
    CONFINED_SPACE = "confined_space", _("confined spaces")
    METAL_SMELTING = "metal_smelting", _("molten metal")
    HAZARDOUS_CHEMICALS = "hazardous_chemicals", _("hazardous chemicals")
    FIREWORKS = "fireworks", _("fireworks")


class HazardFeature(DatedFact):
    """A hazard feature that an enterprise has."""

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="hazard_features"
    )
    feature = models.CharField(max_length=30, choices=Feature)

    objects = models.Manager.from_queryset(DatedQuerySet["HazardFeature"])()

    class Meta:
        constraints = [
            ends_after_start("feature"),
            no_overlap("feature_is_said_once_a_day", "enterprise", "feature"),
        ]
        triggers = ended_never_edited()

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.feature}"


class EnterpriseImportQuerySet(models.QuerySet["EnterpriseImport"]):
    """Uploaded lists by who looks."""

    def visible_to(self, acting: "Acting") -> Self:
        """Those of the own bureau."""
        return self.filter(bureau=acting.bureau, bureau__isnull=False)


class EnterpriseImport(models.Model):
    """
    A list of enterprises that a bureau uploaded, from preview to the moment it was
    taken in: all of it or nothing. `rows` is what was read: `lines`, each with its
    number and its texts by column, and from when the bureau receives (`starts_on`).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="imports")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    rows = models.JSONField()
    taken_in_at = models.DateTimeField(null=True, blank=True)

    objects = EnterpriseImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_in_at__isnull=True)
                | Q(taken_in_at__gte=models.F("uploaded_at")),
                name="import_is_taken_in_after_upload",
            )
        ]

    def __str__(self) -> str:
        return self.file_name
