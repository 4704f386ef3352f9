"""Settings from outside: a missing or odd one stops the start with a sentence."""

import os

from django.core.exceptions import ImproperlyConfigured


def env_str(name: str, default: str | None = None) -> str:
    """Return the variable's text.

    :raises ImproperlyConfigured: if it is not set and there is no default
    """
    value = os.environ.get(name) or default
    if value is None:
        msg = (
            f"{name} is not set. Set it, or run 'python3 start.py', "
            "which brings its own servers and key."
        )
        raise ImproperlyConfigured(msg)
    return value


def env_bool(name: str, default: str) -> bool:
    """Return the variable, written as True or False.

    :raises ImproperlyConfigured: if it is written in any other way
    """
    value = env_str(name, default)
    if value not in ("True", "False"):
        msg = f"{name} must be 'True' or 'False', not {value!r}."
        raise ImproperlyConfigured(msg)
    return value == "True"


def env_list(name: str, default: str) -> list[str]:
    """Return the variable's comma-separated parts."""
    return [part.strip() for part in env_str(name, default).split(",") if part.strip()]


def env_secret(name: str) -> str:
    """Return a secret of at least 50 characters, not one of Django's samples.

    :raises ImproperlyConfigured: if it is missing, short, or a sample
    """
    value = env_str(name)
    if len(value) < 50 or len(set(value)) < 5 or value.startswith("django-insecure-"):
        msg = (
            f"{name} is too weak: it must be at least 50 random characters. Make one "
            'with: python3 -c "import secrets; print(secrets.token_urlsafe(64))"'
        )
        raise ImproperlyConfigured(msg)
    return value
