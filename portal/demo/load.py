"""Loading the demonstration into an empty database."""

import datetime as dt

from accounts.models import Bureau, Enterprise, User
from accounts.permissions import RefusedError
from accounts.services import notices
from portal.demo import beginnings, duties, material, plot, stories
from portal.demo.proofs import Proofs
from portal.demo.world import World

WHO = {
    "operator": "系统运维人员",
    "head": "{organisation}·局长",
    "reviewer1": "{organisation}·审核人员（一）",
    "reviewer2": "{organisation}·审核人员（二）",
    "inspector1": "{organisation}·执法人员（一）",
    "inspector2": "{organisation}·执法人员（二）",
    "officer": "{organisation}·案件决定人员",
    "changtu": "{organisation}·审核人员",
    "principal": "{organisation}·主要负责人（有报告待签字）",
    "leader": "{organisation}·检查小组组长",
    "clerk": "{organisation}·填报员",
    "union": "{organisation}·工会代表",
    "both": "{organisation}、{second}·填报员（两家单位）",
}
# Only these have an address, and only from the end of the walk on, so that no mail of
# the past is waiting to be sent.
WITH_EMAIL = ("head", "principal", "clerk")
_UNREAD_FOR = dt.timedelta(days=10)


def refuse_unless_empty() -> None:
    """
    Refuse a database in which anybody is, or was ever entered.

    :raises RefusedError: if there are people, bureaus or enterprises
    """
    if any(model.objects.exists() for model in (User, Bureau, Enterprise)):
        msg = (
            "The demo goes into an empty database only, and this one has people or "
            "organisations: start with a new state folder."
        )
        raise RefusedError(msg)


def load(*, now: dt.datetime, count: int | None = None) -> list[dict[str, str]]:
    """
    Write the demonstration as of `now`, with the first `count` enterprises (at least
    four) or all; return the accounts that people use, as who, username, password.

    Not one transaction: a signature's proof is committed on its own. Whoever starts
    this keeps a mark until it has returned, and drops the database if it did not.

    :raises RefusedError: if the database is not empty, or the day is before all this
    """
    refuse_unless_empty()
    if now.date() < plot.FIRST.starts_on:
        msg = "The demo begins in April 2025: choose a later day."
        raise RefusedError(msg)
    world = beginnings.create(material.firms(count=count), until=now.date())
    proofs = Proofs()
    accounts = [
        {
            "who": WHO[part].format(
                organisation=membership.organisation_name,
                second=world.companies[3].enterprise.name,
            ),
            "username": membership.user.username,
            "password": proofs.give_password(membership.user),
        }
        for part, membership in world.shown.items()
    ]
    stories.walk(plot.all_stories(world, proofs, now=now), until=now)
    proofs.take_codes_back()
    _settle(world, now=now)
    duties.run(now=now)
    return accounts


def _settle(world: World, *, now: dt.datetime) -> None:
    """Leave the people shown with an inbox they have kept up with, some with mail."""
    for part, membership in world.shown.items():
        user = membership.user
        old = user.notices.filter(at__lt=now - _UNREAD_FOR)
        notices.mark_read(user=user, at=now - _UNREAD_FOR, notices=old)
        if part in WITH_EMAIL:
            user.email = f"{user.username}@example.org"
            user.save(update_fields=["email"])
