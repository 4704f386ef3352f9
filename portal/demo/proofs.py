"""How the principals of the demonstration prove who they are."""

import datetime as dt
import secrets

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

from accounts.models import Membership, User
from accounts.services import credentials
from accounts.services.credentials import FreshProof

# Without characters that are misread.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_password() -> str:
    """Return a random password that can be typed: 59 bits in three groups."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


class Proofs:
    """
    Passwords of the accounts that people use, one-time codes of all others.

    A password takes a fifth of a second to check, by design; some hundred signatures
    would take a minute. Nobody uses the other accounts, so they get no password, and
    sign with recovery codes, which go when the walk is over.
    """

    def __init__(self) -> None:
        self.passwords: dict[int, str] = {}
        self._codes: dict[int, list[str]] = {}

    def give_password(self, user: User) -> str:
        """Set a random password and remember it for signing."""
        password = self.passwords[user.pk] = new_password()
        user.set_password(password)
        user.save(update_fields=["password"])
        return password

    def prove(self, signer: Membership, *, at: dt.datetime) -> FreshProof:
        """Let the person prove who they are, as on the signing page."""
        user = signer.user
        if user.pk in self.passwords:
            return credentials.prove(user=user, password=self.passwords[user.pk], at=at)
        if not self._codes.get(user.pk):
            self._codes[user.pk] = _fresh_codes(user)
        return credentials.prove(user=user, code=self._codes[user.pk].pop(), at=at)

    def take_codes_back(self) -> None:
        """Leave those without a password with nothing to sign in or sign with."""
        for user in User.objects.filter(pk__in=self._codes):
            credentials.remove_second_factors(user=user)


def _fresh_codes(user: User) -> list[str]:
    """Make a new set of codes; a set that was used up goes."""
    Authenticator.objects.filter(
        user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES
    ).delete()
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes
