"""Who is in the demonstration: what the stories know of bureaus and enterprises."""

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property

from accounts.models import Acting, Bureau, Enterprise, Membership, Site
from hazards.rules.deadlines import SHANGHAI
from portal.demo.material import Danger, Firm, dangers


@dataclass
class Desk:
    """A bureau with its people."""

    bureau: Bureau
    head: Membership
    reviewers: list[Membership]
    inspectors: list[Membership]
    officer: Membership


@dataclass
class Company:
    """An enterprise with its people and the bureau that receives from it."""

    firm: Firm
    enterprise: Enterprise
    desk: Desk
    sites: list[Site]
    principal: Membership
    leader: Membership
    clerk: Membership
    members: list[Membership]

    @cached_property
    def dangers(self) -> list[Danger]:
        """The major hazards that it finds."""
        return dangers(self.firm.name)


@dataclass
class World:
    """Everybody; `shown` are the accounts that the start prints, by their part."""

    operator: Membership
    city: Desk
    county: Desk
    companies: list[Company] = field(default_factory=list)
    shown: dict[str, Membership] = field(default_factory=dict)


def acting(membership: Membership, at: dt.datetime) -> Acting:
    """Let the person act under the membership on the day of the moment."""
    return Acting(membership=membership, on=at.astimezone(SHANGHAI).date())
