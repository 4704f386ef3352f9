"""What is wrong with the settings of the channels."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.utils.module_loading import import_string

from accounts.models import OUTSIDE, Channel


@register(Tags.security, deploy=True)
def no_loopback(**_: Any) -> list[CheckMessage]:
    """Nobody may have the portal post to the machine that it runs on."""
    if not settings.CHANNELS_LOOPBACK:
        return []
    return [
        Error(
            "CHANNELS_LOOPBACK lets people have the portal post to its own machine.",
            hint="It is for tests. Unset it.",
            id="accounts.E001",
        )
    ]


@register()
def known_channels(**_: Any) -> list[CheckMessage]:
    """CHANNELS and SMS_PROVIDER name what there is."""
    known = {each.value for each in OUTSIDE} - {Channel.SMS.value}
    found: list[CheckMessage] = [
        Error(
            f"CHANNELS names {name!r}, which is no channel.",
            hint=f"There are {', '.join(sorted(known))}.",
            id="accounts.E002",
        )
        for name in sorted(set(settings.CHANNELS) - known)
    ]
    if settings.SMS_PROVIDER:
        try:
            import_string(settings.SMS_PROVIDER)
        except ImportError as error:
            found.append(
                Error(f"SMS_PROVIDER cannot be imported: {error}", id="accounts.E003")
            )
    return found
