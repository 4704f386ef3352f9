"""The first operator and the first bureau of an empty portal."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Bureau, Membership, Role, User
from accounts.permissions import RefusedError
from accounts.services import bureaus, memberships


@dataclass(frozen=True)
class FirstBureau:
    """The first bureau, and the places that it covers by their GB/T 2260 codes."""

    name: str
    level: str
    covers: tuple[str, ...]


def bootstrap(
    *,
    username: str,
    full_name: str,
    password: str,
    first: FirstBureau,
    on: dt.date,
    at: dt.datetime,
) -> tuple[User, Bureau]:
    """
    Make the first operator and the first bureau of an empty portal.

    :raises RefusedError: if there is an operator, or the username will not do
    :raises django.core.exceptions.ValidationError: if the password is too weak
    :raises accounts.codes.errors.CodeError: if a code is unknown
    """
    if username.lstrip("+").isdigit():
        raise RefusedError(_("A username cannot be a number: add a letter."))
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Two first starts at once: the second waits, then finds an operator.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('bootstrap'))")
        if Membership.objects.filter(role=Role.OPERATOR).exists():
            msg = _(
                "There is an operator already. Sign in as that person; a lost password "
                "is reset by another operator."
            )
            raise RefusedError(msg)
        if User.objects.filter(username__iexact=username).exists():
            raise RefusedError(_("This username is taken: choose another."))
        user = User(username=username, full_name=full_name, joined_at=at)
        validate_password(password, user)
        user.set_password(password)
        user.save(force_insert=True)
        memberships.begin(
            Membership(user=user, role=Role.OPERATOR, starts_on=on), by=None, at=at
        )
        bureau = bureaus.create_bureau(
            name=first.name,
            level=first.level,
            covers=first.covers,
            by=None,
            at=at,
            on=on,
        )
    return user, bureau
