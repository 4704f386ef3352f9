"""Who is what, in which organisation, on which days."""

import uuid
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.bureaus import Bureau
from accounts.models.dated import (
    DatedFact,
    DatedQuerySet,
    ended_never_edited,
    ends_after_start,
    no_overlap,
    noted_for_the_clock,
)
from accounts.models.enterprises import Enterprise

if TYPE_CHECKING:
    from accounts.models.acting import Acting


class Role(models.TextChoices):
    """What a person is in an organisation."""

    CLERK = "clerk", _("clerk")
    TEAM_LEADER = "team_leader", _("team leader")
    TEAM_MEMBER = "team_member", _("team member")
    PRINCIPAL = "principal", _("principal responsible person")
    REVIEWER = "reviewer", _("reviewer")
    INSPECTOR = "inspector", _("inspector")
    DECIDING_OFFICER = "deciding_officer", _("deciding officer")
    BUREAU_HEAD = "bureau_head", _("bureau head")
    TOWNSHIP_ASSISTANT = "township_assistant", _("township assistant")
    OPERATOR = "operator", _("operator")


ENTERPRISE_ROLES = frozenset(
    {Role.CLERK, Role.TEAM_LEADER, Role.TEAM_MEMBER, Role.PRINCIPAL}
)
BUREAU_ROLES = frozenset(
    {
        Role.REVIEWER,
        Role.INSPECTOR,
        Role.DECIDING_OFFICER,
        Role.BUREAU_HEAD,
        Role.TOWNSHIP_ASSISTANT,
    }
)
# Those who write an enterprise's inspections and reports.
EDITOR_ROLES = frozenset({Role.CLERK, Role.TEAM_LEADER})


class Capacity(models.TextChoices):
    """
    As whom a member sits in the internal team (circular 应急〔2025〕11号, item 10:
    a member of the leadership, the safety body, the union, employee representatives,
    registered safety engineers).
    """

    LEADERSHIP = "leadership", _("leadership")
    SAFETY_BODY = "safety_body", _("safety management body")
    UNION = "union", _("trade union")
    EMPLOYEE = "employee", _("employee representative")
    SAFETY_ENGINEER = "safety_engineer", _("registered safety engineer")


class MembershipQuerySet(DatedQuerySet["Membership"]):
    """Memberships by who looks."""

    def visible_to(self, acting: "Acting") -> Self:
        """Those of one's own organisation; a bureau sees those of its enterprises."""
        if acting.enterprise is not None:
            return self.filter(enterprise=acting.enterprise)
        if acting.bureau is not None:
            return self.filter(
                Q(bureau=acting.bureau)
                | Q(enterprise__in=Enterprise.objects.visible_to(acting))
            )
        return self.filter(Q(bureau__isnull=False) | Q(role=Role.OPERATOR))


class Membership(DatedFact):
    """A person's role in one organisation, from day to day."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role)
    capacity = models.CharField(max_length=20, choices=Capacity, blank=True)
    enterprise = models.ForeignKey(
        Enterprise,
        on_delete=models.PROTECT,
        related_name="memberships",
        null=True,
        blank=True,
    )
    bureau = models.ForeignKey(
        Bureau,
        on_delete=models.PROTECT,
        related_name="memberships",
        null=True,
        blank=True,
    )
    certificate_number = models.CharField(max_length=40, blank=True)

    objects = models.Manager.from_queryset(MembershipQuerySet)()

    class Meta:
        constraints = [
            ends_after_start("membership"),
            models.CheckConstraint(
                condition=Q(
                    role__in=sorted(ENTERPRISE_ROLES),
                    enterprise__isnull=False,
                    bureau__isnull=True,
                )
                | Q(
                    role__in=sorted(BUREAU_ROLES),
                    enterprise__isnull=True,
                    bureau__isnull=False,
                )
                | Q(role=Role.OPERATOR, enterprise__isnull=True, bureau__isnull=True),
                name="membership_role_fits_its_organisation",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.INSPECTOR) | ~Q(certificate_number=""),
                name="inspector_has_a_certificate",
            ),
            models.CheckConstraint(
                condition=Q(role=Role.TEAM_MEMBER) | Q(capacity=""),
                name="only_team_members_have_a_capacity",
            ),
            no_overlap(
                "enterprise_has_one_principal_a_day",
                "enterprise",
                condition=Q(role=Role.PRINCIPAL),
            ),
            no_overlap(
                "person_has_a_role_once_in_an_enterprise",
                "user",
                "enterprise",
                "role",
                condition=Q(enterprise__isnull=False),
            ),
            no_overlap(
                "person_has_a_role_once_in_a_bureau",
                "user",
                "bureau",
                "role",
                condition=Q(bureau__isnull=False),
            ),
        ]
        triggers = [
            *ended_never_edited(),
            # Who is principal decides a year; whoever comes may be reached.
            noted_for_the_clock(
                "enterprise_id",
                condition=pgtrigger.Q(new__enterprise__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"

    @property
    def organisation_name(self) -> str:
        """The name of the enterprise or bureau; empty for an operator."""
        organisation = self.enterprise or self.bureau
        return organisation.name if organisation else ""


class PrincipalChangeQuerySet(models.QuerySet["PrincipalChange"]):
    """Changes of principal by who looks."""

    def visible_to(self, acting: "Acting") -> Self:
        """Those of the enterprises that the person sees."""
        return self.filter(enterprise__in=Enterprise.objects.visible_to(acting))


class PrincipalChange(models.Model):
    """
    A change of principal: entered by the enterprise, in force once the bureau has
    acknowledged it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="principal_changes"
    )
    full_name = models.CharField(max_length=60)
    mobile = models.CharField(max_length=11, blank=True)
    email = models.EmailField(blank=True)
    takes_office_on = models.DateField()
    reason = models.CharField(max_length=500)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = PrincipalChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"],
                condition=Q(acknowledged_at__isnull=True, withdrawn_at__isnull=True),
                name="principal_change_is_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(mobile="", email=""),
                name="new_principal_can_be_reached",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="principal_change_acknowledged_at_and_by_both_or_neither",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.takes_office_on}"
