"""What a password must be, in words that exist in every language of the portal."""

from django.contrib.auth import password_validation
from django.utils.translation import gettext as _


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    """
    Django's rule with a sentence of our own: the Chinese catalogue of Django 5.2
    lost the translation when the sentence changed.
    """

    def get_error_message(self) -> str:
        """Say what is missing."""
        return _("This password is too short: use at least %(number)s characters.") % {
            "number": self.min_length
        }
