"""
Who there is when the demonstration begins: places, bureaus, enterprises and people.

The one module of the demonstration that writes rows itself: accounts, enterprises and
the facts about them. Real people come in by invitation, with their own hands and at the
present moment, and a bureau imports enterprises as of today; nobody is there to follow
an invitation of March 2025. Bureaus and memberships begin through their services.
"""

import datetime as dt
import itertools
from collections.abc import Iterator

from accounts.codes import uscc
from accounts.models import (
    Bureau,
    Capacity,
    Enterprise,
    HazardFeature,
    HighRiskDesignation,
    Jurisdiction,
    Membership,
    Role,
    Site,
    StandardizationLevel,
    SupervisionAssignment,
    User,
)
from accounts.models.bureaus import BureauLevel
from accounts.services import bureaus, memberships
from hazards.rules.deadlines import SHANGHAI
from portal.demo import material
from portal.demo.material import Firm, Place
from portal.demo.world import Company, Desk, World


def create(firms: list[Firm], *, until: dt.date) -> World:
    """Write everybody who is there by the day; later enterprises are left out."""
    return _Beginnings(until).create(firms)


class _Beginnings:
    """The hand that writes; it remembers which names and places are taken."""

    def __init__(self, until: dt.date) -> None:
        self.until = until
        self.names: Iterator[str] = iter(material.names())
        self.numbers = itertools.count(1)
        self.places: dict[str, Jurisdiction] = {}

    def create(self, firms: list[Firm]) -> World:
        opened = material.OPENED_ON
        operator = self.member("operator", Role.OPERATOR, opened)
        city = self.desk(
            "铁岭市应急管理局", BureauLevel.CITY, material.CITY_COVERS, "city"
        )
        county = self.desk(
            "昌图县应急管理局",
            BureauLevel.COUNTY,
            (material.CHANGTU,),
            "changtu",
            parent=city.bureau,
        )
        world = World(operator=operator, city=city, county=county)
        for firm in firms:
            if firm.joined_on <= self.until:
                world.companies.append(self.company(firm, world))
        self.show(world)
        return world

    def place(self, code: str) -> Jurisdiction:
        """Return the place, stored at its first use."""
        if code not in self.places:
            self.places[code] = bureaus.jurisdiction(code=code, on=material.OPENED_ON)
        return self.places[code]

    def desk(
        self,
        name: str,
        level: BureauLevel,
        codes: tuple[str, ...],
        prefix: str,
        *,
        parent: Bureau | None = None,
    ) -> Desk:
        """Write a bureau, what it covers, and its people."""
        opened = material.OPENED_ON
        bureau = bureaus.create_bureau(
            name=name,
            level=level,
            parent=parent,
            covers=codes,
            by=None,
            at=_morning(opened),
            on=opened,
        )
        people = {
            role: self.member(f"{prefix}-{word}", role, opened, bureau=bureau)
            for role, word in (
                (Role.BUREAU_HEAD, "head"),
                (Role.DECIDING_OFFICER, "officer"),
                (Role.TOWNSHIP_ASSISTANT, "township"),
            )
        }
        reviewers, inspectors = (
            [
                self.member(f"{prefix}-{role}{n}", role, opened, bureau=bureau)
                for n in (1, 2)
            ]
            for role in (Role.REVIEWER, Role.INSPECTOR)
        )
        return Desk(
            bureau=bureau,
            head=people[Role.BUREAU_HEAD],
            reviewers=reviewers,
            inspectors=inspectors,
            officer=people[Role.DECIDING_OFFICER],
        )

    def company(self, firm: Firm, world: World) -> Company:
        """Write an enterprise, the facts about it, and its people."""
        at = _morning(firm.joined_on)
        enterprise = Enterprise.objects.create(
            uscc=uscc.make(f"DEMN{firm.ordinal:04}", region=firm.county),
            name=firm.name,
            registered_address=f"辽宁省铁岭市{firm.address}",
            county=self.place(firm.county),
            industry=firm.industry,
            established_on=firm.established_on,
            recorded_at=at,
        )
        desk = world.county if firm.county == material.CHANGTU else world.city
        sites = [
            self.site(firm, place, enterprise, desk, world, at) for place in firm.sites
        ]
        SupervisionAssignment.objects.create(
            enterprise=enterprise,
            bureau=desk.bureau,
            reason="按登记住所所在地确定",
            starts_on=firm.joined_on,
            recorded_at=at,
            recorded_by=desk.head.user,
        )
        _describe(firm, enterprise, desk, at)
        return Company(firm, enterprise, desk, sites, *self.people(firm, enterprise))

    def site(
        self,
        firm: Firm,
        place: Place,
        enterprise: Enterprise,
        desk: Desk,
        world: World,
        at: dt.datetime,
    ) -> Site:
        """Write a site; one in the other bureau's county is assigned to that."""
        site = Site.objects.create(
            enterprise=enterprise,
            name=place.name,
            address=f"辽宁省铁岭市{firm.address}"
            if place.county == firm.county
            else f"辽宁省铁岭市{self.place(place.county).name}",
            county=self.place(place.county),
            recorded_at=at,
        )
        near = world.county if place.county == material.CHANGTU else world.city
        if near is not desk:
            SupervisionAssignment.objects.create(
                enterprise=enterprise,
                site=site,
                bureau=near.bureau,
                reason="按场所所在地确定",
                starts_on=firm.joined_on,
                recorded_at=at,
                recorded_by=desk.head.user,
            )
        return site

    def people(
        self, firm: Firm, enterprise: Enterprise
    ) -> tuple[Membership, Membership, Membership, list[Membership]]:
        """Write the principal, team leader, clerk and the other members."""
        prefix, day = f"e{firm.ordinal:02}", firm.joined_on
        principal, leader, clerk = (
            self.member(f"{prefix}-{word}", role, day, enterprise=enterprise)
            for role, word in (
                (Role.PRINCIPAL, "principal"),
                (Role.TEAM_LEADER, "leader"),
                (Role.CLERK, "clerk"),
            )
        )
        members = [
            self.member(
                f"{prefix}-{capacity.replace('_', '-')}",
                Role.TEAM_MEMBER,
                day,
                enterprise=enterprise,
                capacity=Capacity(capacity),
            )
            for capacity in firm.team
        ]
        return principal, leader, clerk, members

    def member(
        self,
        username: str,
        role: Role,
        starts_on: dt.date,
        *,
        enterprise: Enterprise | None = None,
        bureau: Bureau | None = None,
        capacity: str = "",
        user: User | None = None,
    ) -> Membership:
        """Write a person, unless there is one, and the role from the day on."""
        at = _morning(starts_on)
        if user is None:
            user = User(username=username, full_name=next(self.names), joined_at=at)
            user.set_unusable_password()
            user.save(force_insert=True)
        number = f"辽铁应急{next(self.numbers):04}" if role == Role.INSPECTOR else ""
        return memberships.begin(
            Membership(
                user=user,
                role=role,
                capacity=capacity,
                enterprise=enterprise,
                bureau=bureau,
                certificate_number=number,
                starts_on=starts_on,
            ),
            by=None,
            at=at,
        )

    def show(self, world: World) -> None:
        """Choose the accounts that are printed, among them one with two roles."""
        first, _second, third, fourth = world.companies[:4]
        self.member(
            "",
            Role.CLERK,
            max(third.firm.joined_on, fourth.firm.joined_on),
            enterprise=fourth.enterprise,
            user=third.clerk.user,
        )
        world.shown = {
            "operator": world.operator,
            "head": world.city.head,
            "reviewer1": world.city.reviewers[0],
            "reviewer2": world.city.reviewers[1],
            "inspector1": world.city.inspectors[0],
            "inspector2": world.city.inspectors[1],
            "officer": world.city.officer,
            "changtu": world.county.reviewers[0],
            "principal": first.principal,
            "leader": first.leader,
            "clerk": first.clerk,
            "union": first.members[0],
            "both": third.clerk,
        }
        for username, membership in world.shown.items():
            membership.user.username = username
            membership.user.save(update_fields=["username"])


def _describe(firm: Firm, enterprise: Enterprise, desk: Desk, at: dt.datetime) -> None:
    """Write features, standardization level and the bureau's word on high risk."""
    known = {
        "enterprise": enterprise,
        "starts_on": firm.joined_on,
        "recorded_at": at,
        "recorded_by": desk.head.user,
    }
    for feature in firm.features:
        HazardFeature.objects.create(feature=feature, **known)
    if firm.high_risk:
        HighRiskDesignation.objects.create(basis=firm.high_risk, **known)
    if firm.level:
        granted_on = dt.date(2024, 1 + firm.ordinal % 12, 15)
        StandardizationLevel.objects.create(
            **known
            | {
                "level": firm.level,
                "certificate_number": f"辽AQB2112{firm.ordinal:04}",
                "starts_on": granted_on,
                "ends_on": granted_on.replace(year=2027) - dt.timedelta(days=1),
            }
        )


def _morning(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(9, 0), tzinfo=SHANGHAI)
