"""Letting people in: an invitation binds one role to a mobile number or an address."""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import (
    Acting,
    Bureau,
    Enterprise,
    Invitation,
    Membership,
    Role,
    User,
)
from accounts.permissions import (
    Decision,
    RefusedError,
    may_invite,
    may_invite_principal,
)
from accounts.services import events, memberships, notices, tokens

VALID_FOR = dt.timedelta(days=14)


@dataclass(frozen=True)
class Person:
    """Whom an invitation is for; at least one of mobile number and address."""

    full_name: str
    mobile: str = ""
    email: str = ""


@dataclass(frozen=True)
class Sent:
    """An invitation with its token, which is shown to the sender once."""

    invitation: Invitation
    token: str


def may_handle(by: Acting, invitation: Invitation) -> Decision:
    """Decide whether the person may repeat or withdraw the invitation."""
    if invitation.role == Role.PRINCIPAL and invitation.enterprise is not None:
        return may_invite_principal(by, invitation.enterprise)
    return may_invite(by, invitation.role)


def invite(
    *,
    person: Person,
    role: Role,
    by: Acting,
    at: dt.datetime,
    capacity: str = "",
    certificate_number: str = "",
    enterprise: Enterprise | None = None,
    bureau: Bureau | None = None,
) -> Sent:
    """
    Invite a person into a role of one's own organisation; the bureau: the principal
    of `enterprise`; the operator: the head of `bureau`. Valid for 14 days.

    :raises NotPermittedError: if `by` may not invite into the role
    :raises RefusedError: if the person has been invited and has not answered yet
    """
    if role == Role.PRINCIPAL and enterprise is not None:
        may_invite_principal(by, enterprise).require()
    else:
        may_invite(by, role).require()
        enterprise = by.enterprise
        bureau = bureau if by.role == Role.OPERATOR else by.bureau
    return issue(
        Invitation(
            role=role,
            capacity=capacity,
            certificate_number=certificate_number,
            enterprise=enterprise,
            bureau=bureau,
            full_name=person.full_name,
            mobile=person.mobile,
            email=person.email,
            starts_on=by.on,
        ),
        by=by,
        at=at,
    )


def issue(invitation: Invitation, *, by: Acting, at: dt.datetime) -> Sent:
    """
    Send an invitation for the first time. Whether `by` may is for the caller to ask.

    :raises RefusedError: if the same person is already invited into the same role
    """
    with transaction.atomic():
        memberships.lock_organisation(invitation.enterprise, invitation.bureau)
        if _unanswered(invitation, at).exists():
            msg = _(
                "This person is already invited into this role. Send that invitation "
                "again, or withdraw it first."
            )
            raise RefusedError(msg)
        invitation.invited_by = by.user
        _renew(invitation, at)
        invitation.save(force_insert=True)
        return _sent(invitation, action="invitation-sent", by=by, at=at)


def repeat(*, invitation: Invitation, by: Acting, at: dt.datetime) -> Sent:
    """
    Send an invitation again: a new link for 14 days, which voids the one before.

    :raises NotPermittedError: if `by` may not invite into the role
    :raises RefusedError: if it was accepted or withdrawn
    """
    with transaction.atomic():
        row = _open_one(invitation)
        may_handle(by, row).require()
        row.times_sent += 1
        _renew(row, at)
        row.save(update_fields=["times_sent", "token_sha256", "sent_at", "expires_at"])
        return _sent(row, action="invitation-repeated", by=by, at=at)


def withdraw(*, invitation: Invitation, by: Acting, at: dt.datetime) -> None:
    """
    Take an invitation back; its link stops at once.

    :raises NotPermittedError: if `by` may not invite into the role
    :raises RefusedError: if it was accepted or withdrawn
    """
    with transaction.atomic():
        row = _open_one(invitation)
        may_handle(by, row).require()
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        _record(row, action="invitation-withdrawn", by=by, at=at)


def find(*, token: str, at: dt.datetime) -> Invitation | None:
    """Return the invitation that the link opens, or None if it opens nothing now."""
    return (
        Invitation.objects.select_related("enterprise", "bureau", "invited_by")
        .filter(
            token_sha256=tokens.digest(token),
            accepted_at__isnull=True,
            withdrawn_at__isnull=True,
            expires_at__gt=at,
        )
        .first()
    )


def is_meant_for(invitation: Invitation, user: User) -> bool:
    """Tell whether the account's mobile number or address is the invited one."""
    same_mobile = bool(invitation.mobile) and invitation.mobile == user.mobile
    return same_mobile or (
        bool(invitation.email) and invitation.email.lower() == user.email.lower()
    )


def account_of(invitation: Invitation) -> User | None:
    """Return the account that already has the invited mobile number or address."""
    reached = Q(pk__in=[])
    if invitation.mobile:
        reached |= Q(mobile=invitation.mobile)
    if invitation.email:
        reached |= Q(email__iexact=invitation.email)
    return User.objects.filter(reached, is_active=True).order_by("id").first()


def accept(*, token: str, user: User, at: dt.datetime) -> Membership:
    """
    Take up the offered role with an account that exists.

    :raises RefusedError: if the link opens nothing, is meant for somebody else, or
        the person has the role
    """
    with transaction.atomic():
        invitation = _locked(token, at)
        if not is_meant_for(invitation, user):
            msg = _(
                "This invitation is for another mobile number or e-mail address than "
                "your account has. Ask the sender to invite the one you use, or sign "
                "in with the account it is meant for."
            )
            raise RefusedError(msg)
        return _take_up(invitation, user, at)


def accept_as_new(
    *, token: str, username: str, full_name: str, password: str, at: dt.datetime
) -> Membership:
    """
    Make an account and take up the offered role. The password has been validated.

    :raises RefusedError: if the link opens nothing, the name is taken, or an account
        has the invited number or address
    """
    with transaction.atomic():
        invitation = _locked(token, at)
        if account_of(invitation) is not None:
            msg = _(
                "There is an account with this mobile number or e-mail address: sign "
                "in with it to accept."
            )
            raise RefusedError(msg)
        user = User(
            username=username,
            full_name=full_name,
            mobile=invitation.mobile or None,
            email=invitation.email,
            joined_at=at,
        )
        user.set_password(password)
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError as error:
            raise RefusedError(_("This username is taken: choose another.")) from error
        return _take_up(invitation, user, at)


def _take_up(invitation: Invitation, user: User, at: dt.datetime) -> Membership:
    membership = memberships.begin(
        Membership(
            user=user,
            role=invitation.role,
            capacity=invitation.capacity,
            certificate_number=invitation.certificate_number,
            enterprise=invitation.enterprise,
            bureau=invitation.bureau,
            starts_on=invitation.starts_on,
        ),
        by=None,
        at=at,
    )
    invitation.accepted_at, invitation.accepted_as = at, membership
    invitation.save(update_fields=["accepted_at", "accepted_as"])
    if invitation.invited_by is not None:
        notices.tell(
            kind="invitation_accepted",
            cause=f"invitation {invitation.pk}",
            recipients=[invitation.invited_by],
            at=at,
            enterprise=invitation.enterprise,
            bureau=invitation.bureau,
            parameters={
                "full_name": user.full_name,
                "organisation": membership.organisation_name,
                "role": membership.role,
            },
        )
    return membership


def _renew(invitation: Invitation, at: dt.datetime) -> None:
    invitation.token_sha256 = tokens.digest(tokens.of_invitation(invitation))
    invitation.sent_at, invitation.expires_at = at, at + VALID_FOR


def _sent(invitation: Invitation, *, action: str, by: Acting, at: dt.datetime) -> Sent:
    _record(invitation, action=action, by=by, at=at)
    if invitation.email:
        organisation = invitation.enterprise or invitation.bureau
        known = account_of(invitation)
        notices.tell_address(
            kind="invitation",
            cause=f"invitation {invitation.pk} time {invitation.times_sent}",
            address=invitation.email,
            language=known.language if known else "zh-hans",
            at=at,
            enterprise=invitation.enterprise,
            bureau=invitation.bureau,
            parameters={
                "recipient": invitation.full_name,
                "invitation": str(invitation.public_id),
                "times_sent": invitation.times_sent,
                "organisation": organisation.name if organisation else "",
                "role": invitation.role,
                "sender": by.user.full_name,
                "expires_at": invitation.expires_at.isoformat(),
            },
        )
    return Sent(invitation=invitation, token=tokens.of_invitation(invitation))


def _record(
    invitation: Invitation, *, action: str, by: Acting, at: dt.datetime
) -> None:
    events.record(
        action=action,
        subject=invitation,
        by=by,
        at=at,
        enterprise=invitation.enterprise,
        bureau=invitation.bureau,
        parameters={"role": invitation.role, "full_name": invitation.full_name},
    )


def _open_one(invitation: Invitation) -> Invitation:
    row = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("enterprise", "bureau")
        .get(pk=invitation.pk)
    )
    if row.accepted_at is not None:
        raise RefusedError(_("This invitation has been accepted."))
    if row.withdrawn_at is not None:
        raise RefusedError(_("This invitation has been withdrawn: send a new one."))
    return row


def _locked(token: str, at: dt.datetime) -> Invitation:
    found = find(token=token, at=at)
    row = _open_one(found) if found else None
    if row is None or row.token_sha256 != tokens.digest(token):
        msg = _(
            "This link is not valid any more. Ask whoever invited you to send the "
            "invitation again."
        )
        raise RefusedError(msg)
    return row


def _unanswered(invitation: Invitation, at: dt.datetime) -> QuerySet[Invitation]:
    reached = Q(pk__in=[])
    if invitation.mobile:
        reached |= Q(mobile=invitation.mobile)
    if invitation.email:
        reached |= Q(email__iexact=invitation.email)
    return Invitation.objects.filter(
        reached,
        role=invitation.role,
        enterprise=invitation.enterprise,
        bureau=invitation.bureau,
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=at,
    )
