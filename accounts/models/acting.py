"""The one membership under which a request acts."""

import datetime as dt
from dataclasses import dataclass

from accounts.models.bureaus import Bureau
from accounts.models.enterprises import Enterprise
from accounts.models.memberships import Membership, Role
from accounts.models.users import User


@dataclass(frozen=True)
class Acting:
    """
    A person under one membership on one day (Asia/Shanghai). Every service takes it
    as `by`; every event stores it.
    """

    membership: Membership
    on: dt.date
    # All that the person could act under that day, this one included.
    others: tuple[Membership, ...] = ()

    @property
    def user(self) -> User:
        """The person."""
        return self.membership.user

    @property
    def role(self) -> Role:
        """What the person is in the organisation."""
        return Role(self.membership.role)

    @property
    def enterprise(self) -> Enterprise | None:
        """The enterprise for which the person acts, if it is one."""
        return self.membership.enterprise

    @property
    def bureau(self) -> Bureau | None:
        """The bureau for which the person acts, if it is one."""
        return self.membership.bureau
