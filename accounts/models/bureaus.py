"""Places, the bureaus that cover them, and what a bureau has decided for itself."""

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.dated import (
    DatedFact,
    DatedQuerySet,
    ended_never_edited,
    ends_after_start,
    no_overlap,
    noted_for_the_clock,
)

if TYPE_CHECKING:
    from accounts.models.acting import Acting


class Jurisdiction(models.Model):
    """
    A place by its GB/T 2260 code (6 digits; 9 or 12 for townships and villages),
    with the days on which the code is valid.
    """

    code = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="children",
        null=True,
        blank=True,
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"], name="jurisdiction_code_is_one_per_day"
            ),
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[0-9]{6}([0-9]{3}([0-9]{3})?)?$"),
                name="jurisdiction_code_is_6_9_or_12_digits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class BureauLevel(models.TextChoices):
    """The level of government to which a bureau belongs."""

    MINISTRY = "ministry", _("ministry")
    PROVINCE = "province", _("province")
    CITY = "city", _("city")
    COUNTY = "county", _("county")
    ZONE = "zone", _("development zone")
    TOWNSHIP = "township", _("township")


class BureauQuerySet(models.QuerySet["Bureau"]):
    """Bureaus by place in the tree and by who looks."""

    def at_or_below(self, bureau: "Bureau") -> Self:
        """The bureau and all whose superior, near or far, it is."""
        return self.filter(path__startswith=bureau.path)

    def visible_to(self, acting: "Acting") -> Self:
        """An operator sees all; a bureau itself and those below; others none."""
        if acting.role == "operator":
            return self
        if acting.bureau is None:
            return self.none()
        return self.at_or_below(acting.bureau)


class Bureau(models.Model):
    """An emergency management bureau (应急管理局), an entity apart from its places."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100, unique=True)
    level = models.CharField(_("level"), max_length=10, choices=BureauLevel)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="children",
        null=True,
        blank=True,
    )
    # Ids from the top down to itself, "3.17.": a prefix test answers "below".
    path = models.CharField(max_length=200, unique=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)

    objects = BureauQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(path__regex=r"^([0-9]+\.)+$"),
                name="bureau_path_is_ids_from_the_top",
            )
        ]

    def __str__(self) -> str:
        return self.name


class BureauCoverage(DatedFact):
    """A jurisdiction that a bureau covers; several may cover one place."""

    bureau = models.ForeignKey(
        Bureau, on_delete=models.PROTECT, related_name="coverages"
    )
    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.PROTECT, related_name="coverages"
    )

    objects = models.Manager.from_queryset(DatedQuerySet["BureauCoverage"])()

    class Meta:
        constraints = [
            ends_after_start("coverage"),
            no_overlap("coverage_is_one_a_day", "bureau", "jurisdiction"),
        ]
        triggers = ended_never_edited()

    def __str__(self) -> str:
        return f"{self.bureau_id} {self.jurisdiction_id}"


class BureauPolicy(DatedFact):
    """
    A choice that the law leaves to the bureau, by the name and in the notation of
    `hazards/rules/law/policies.toml`.
    """

    bureau = models.ForeignKey(
        Bureau, on_delete=models.PROTECT, related_name="policies"
    )
    name = models.CharField(max_length=60)
    value = models.CharField(max_length=60)
    reason = models.CharField(max_length=500)

    objects = models.Manager.from_queryset(DatedQuerySet["BureauPolicy"])()

    class Meta:
        constraints = [
            ends_after_start("policy"),
            no_overlap("policy_is_one_a_day", "bureau", "name"),
        ]
        triggers = [*ended_never_edited(), noted_for_the_clock("bureau_id")]

    def __str__(self) -> str:
        return f"{self.name} = {self.value}"


class BureauDay(DatedFact):
    """
    A day (`day`) that the bureau declares working or free where the published
    calendar does not know it or local notice departs from it.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="days")
    day = models.DateField()
    is_workday = models.BooleanField()
    reason = models.CharField(max_length=500)

    objects = models.Manager.from_queryset(DatedQuerySet["BureauDay"])()

    class Meta:
        constraints = [
            ends_after_start("bureau_day"),
            no_overlap("bureau_day_is_said_once", "bureau", "day"),
        ]
        triggers = [*ended_never_edited(), noted_for_the_clock("bureau_id")]

    def __str__(self) -> str:
        return f"{self.day} {'working' if self.is_workday else 'free'}"
