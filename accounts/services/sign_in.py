"""Checking a password at the door."""

from accounts.models import User


def authenticate(*, login: str, password: str) -> User | None:
    """Return the person, or None."""
    user = User.objects.filter(username=login).first()
    return user if user and user.check_password(password) else None
