"""A way back in for who lost the password or second factor, without e-mail."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Acting, Membership, RecoveryLink, Role, User
from accounts.permissions import RefusedError, may_recover
from accounts.queries.memberships import acting_for, holders
from accounts.services import (
    attempts,
    credentials,
    events,
    notices,
    sign_in,
    tokens,
)

VALID_FOR = dt.timedelta(hours=24)


def issue(
    *, membership: Membership, identity_check: str, by: Acting, at: dt.datetime
) -> str:
    """
    Return the token of a one-time link for 24 hours, shown to the issuer once. An
    earlier link stops. `identity_check` says how it was made sure who asks.

    :raises NotPermittedError: if `by` may not
    """
    may_recover(by, membership).require()
    token = tokens.make()
    with transaction.atomic():
        link = RecoveryLink.objects.create(
            user=membership.user,
            token_sha256=tokens.digest(token),
            identity_check=identity_check,
            issued_at=at,
            issued_by=by.user,
            expires_at=at + VALID_FOR,
        )
        events.record(
            action="recovery-issued",
            subject=membership.user,
            by=by,
            at=at,
            enterprise=membership.enterprise,
            bureau=membership.bureau,
            note=identity_check,
        )
        _tell(link, membership, kind="recovery_issued", on=by.on, at=at)
    return token


def find(*, token: str, at: dt.datetime) -> RecoveryLink | None:
    """Return the link, if it is the person's latest, unused and not expired."""
    link = (
        RecoveryLink.objects.select_related("user")
        .filter(
            token_sha256=tokens.digest(token), used_at__isnull=True, expires_at__gt=at
        )
        .first()
    )
    if link is None or not link.user.is_active:
        return None
    newer = RecoveryLink.objects.filter(user=link.user, pk__gt=link.pk)
    return None if newer.exists() else link


def use(
    *,
    token: str,
    password: str,
    on: dt.date,
    at: dt.datetime,
    remove_second_factor: bool = False,
) -> User:
    """
    Set a new password, once. Every session of the person ends. The password has been
    validated.

    :raises RefusedError: if the link opens nothing any more
    """
    with transaction.atomic():
        user, link = _locked(token, at)
        link.used_at = at
        link.save(update_fields=["used_at"])
        user.set_password(password)
        user.save(update_fields=["password"])
        sign_in.end_sessions(user=user)
        if remove_second_factor:
            credentials.remove_second_factors(user=user)
        names = [name for name in (user.username, user.mobile) if name]
        attempts.forget(*(sign_in.key_of(sign_in.as_typed(name)) for name in names))
        acting = acting_for(user=user, chosen=None, on=on)
        events.record(
            action="recovery-used",
            subject=user,
            by=acting,
            at=at,
            enterprise=acting.enterprise if acting else None,
            bureau=acting.bureau if acting else None,
            parameters={"second_factor_removed": remove_second_factor},
        )
        if acting is not None:
            _tell(link, acting.membership, kind="recovery_used", on=on, at=at)
    return user


def _locked(token: str, at: dt.datetime) -> tuple[User, RecoveryLink]:
    """Lock the person, so that two who use a link at once are one after the other."""
    first = find(token=token, at=at)
    if first is not None:
        user = User.objects.select_for_update().get(pk=first.user_id)
        link = find(token=token, at=at)
        if link is not None:
            return user, link
    raise RefusedError(
        _("This link is not valid any more. Ask the bureau for another.")
    )


def _tell(
    link: RecoveryLink,
    membership: Membership,
    *,
    kind: str,
    on: dt.date,
    at: dt.datetime,
) -> None:
    """The person, and the principal of the enterprise."""
    told = [link.user]
    if membership.enterprise is not None:
        told += holders(roles=[Role.PRINCIPAL], enterprise=membership.enterprise, on=on)
    notices.tell(
        kind=kind,
        cause=f"recovery {link.pk}",
        recipients=told,
        at=at,
        enterprise=membership.enterprise,
        bureau=membership.bureau,
        parameters={
            "full_name": link.user.full_name,
            "identity_check": link.identity_check,
        },
    )
