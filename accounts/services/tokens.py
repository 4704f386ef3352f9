"""Links that let somebody in: what is stored is only a digest."""

import hashlib
import secrets

from django.utils.crypto import salted_hmac

from accounts.models import Invitation


def digest(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def make() -> str:
    """Return a token that nobody can guess."""
    return secrets.token_urlsafe(32)


def of_invitation(invitation: Invitation) -> str:
    """
    Return the token of the invitation as last sent.

    Reckoned from the portal's key, so that a mail can carry the link although the
    database holds neither the token nor a mail with it.
    """
    return salted_hmac(
        "accounts.Invitation.token",
        f"{invitation.public_id}:{invitation.times_sent}",
        algorithm="sha256",
    ).hexdigest()
