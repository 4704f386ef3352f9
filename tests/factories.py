"""People, bureaus and enterprises for tests; every function says what it makes."""

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.codes import uscc
from accounts.models import (
    Acting,
    Bureau,
    Capacity,
    Enterprise,
    Membership,
    Role,
    Site,
    SupervisionAssignment,
    User,
)
from accounts.models.bureaus import BureauLevel
from accounts.services import bureaus

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 7, 6, 10, 0, tzinfo=SHANGHAI)
"""A Monday, in time for the second quarter."""
TODAY = NOW.date()
LONG_AGO = dt.date(2020, 1, 2)
PASSWORD = "correct horse battery"
KAIYUAN = "211282"

_numbers = itertools.count(1)


def make_user(
    *,
    username: str | None = None,
    full_name: str = "",
    mobile: str | None = None,
    email: str = "",
    password: str | None = None,
    language: str = "en",
) -> User:
    """Make a person; without `password` there is none, which is fast."""
    number = next(_numbers)
    user = User(
        username=username or f"person{number}",
        full_name=full_name or f"张{number}",
        mobile=mobile or f"139{number:08}",
        email=email,
        language=language,
        joined_at=NOW,
    )
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    user.save()
    return user


def make_bureau(
    *,
    name: str | None = None,
    level: str = BureauLevel.COUNTY,
    parent: Bureau | None = None,
    covers: tuple[str, ...] = (KAIYUAN,),
) -> Bureau:
    """Make a bureau that covers Kaiyuan unless said otherwise."""
    return bureaus.create_bureau(
        name=name or f"第{next(_numbers)}应急管理局",
        level=level,
        parent=parent,
        covers=covers,
        by=None,
        at=NOW,
        on=LONG_AGO,
    )


def make_enterprise(
    *,
    bureau: Bureau | None = None,
    name: str | None = None,
    with_site: bool = True,
    assigned: bool = True,
    assigned_on: dt.date = LONG_AGO,
) -> Enterprise:
    """Make an enterprise in Kaiyuan with one site, assigned to a bureau."""
    number = next(_numbers)
    county = bureaus.jurisdiction(code=KAIYUAN, on=LONG_AGO)
    enterprise = Enterprise.objects.create(
        uscc=make_uscc(number),
        name=name or f"开原第{number}铸造有限公司",
        registered_address="开原市新城街1号",
        county=county,
        industry="C3130",
        established_on=LONG_AGO,
        recorded_at=NOW,
    )
    if with_site:
        Site.objects.create(
            enterprise=enterprise,
            name="主厂区",
            address="开原市新城街1号",
            county=county,
            recorded_at=NOW,
        )
    if assigned:
        SupervisionAssignment.objects.create(
            enterprise=enterprise,
            bureau=bureau or make_bureau(),
            starts_on=assigned_on,
            recorded_at=NOW,
        )
    return enterprise


def make_uscc(number: int) -> str:
    """Make a valid code, another for every number."""
    return uscc.make(f"MA{number:06}", region=KAIYUAN)


def make_membership(
    role: Role,
    *,
    user: User | None = None,
    enterprise: Enterprise | None = None,
    bureau: Bureau | None = None,
    capacity: str = "",
    starts_on: dt.date = LONG_AGO,
    ends_on: dt.date | None = None,
) -> Membership:
    """Give a person, new unless given, a role in the organisation."""
    return Membership.objects.create(
        user=user or make_user(),
        role=role,
        enterprise=enterprise,
        bureau=bureau,
        capacity=capacity or (Capacity.SAFETY_BODY if role == Role.TEAM_MEMBER else ""),
        certificate_number="辽铁执0001" if role == Role.INSPECTOR else "",
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_at=NOW,
    )


def acting(membership: Membership, *, on: dt.date = TODAY) -> Acting:
    """Let the person act under the membership."""
    return Acting(membership=membership, on=on, others=(membership,))


def make_acting(
    role: Role,
    *,
    user: User | None = None,
    enterprise: Enterprise | None = None,
    bureau: Bureau | None = None,
    capacity: str = "",
    starts_on: dt.date = LONG_AGO,
    on: dt.date = TODAY,
) -> Acting:
    """Make a person with a role, acting under it."""
    membership = make_membership(
        role,
        user=user,
        enterprise=enterprise,
        bureau=bureau,
        capacity=capacity,
        starts_on=starts_on,
    )
    return acting(membership, on=on)


def stranger() -> Client:
    """Return a client of nobody, who reads English."""
    return Client(headers={"accept-language": "en"})


def signed_in(by: Acting | User, *, client: Client | None = None) -> Client:
    """
    Return a client whose person is signed in: with the session that signing in leaves,
    written by one statement where `force_login` takes eleven.
    """
    client = client or stranger()
    user = by if isinstance(by, User) else by.user
    session = Session.objects.create(
        session_key=get_random_string(32),
        session_data=SessionStore().encode(
            {
                SESSION_KEY: str(user.pk),
                BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                HASH_SESSION_KEY: user.get_session_auth_hash(),
            }
        ),
        expire_date=timezone.now() + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE),
    )
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def queries_of(client: Client, url: str) -> int:
    """Count the queries of a page, once what is read only once has been read."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)
