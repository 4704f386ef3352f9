"""People who sign in."""

import pgtrigger
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models.dated import noted_for_whoever_employs


class User(AbstractBaseUser):
    """
    A person. What they may do comes from their memberships alone: there are no
    superusers and no permissions of Django's own.
    """

    username = models.CharField(_("username"), max_length=40, unique=True)
    full_name = models.CharField(_("full name"), max_length=60)
    mobile = models.CharField(
        _("mobile number"), max_length=11, unique=True, null=True, blank=True
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()
    # Part of every session's fingerprint: raising it signs the person out everywhere.
    sessions_epoch = models.PositiveIntegerField(default=0)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    objects = BaseUserManager["User"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("username"), name="username_is_unique_whatever_its_case"
            ),
            # A number typed at sign-in must never be somebody else's name.
            models.CheckConstraint(
                condition=~models.Q(username__regex=r"^\+?[0-9]+$"),
                name="username_is_not_a_number",
            ),
        ]
        triggers = [
            noted_for_whoever_employs(
                "id",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__email__df=pgtrigger.F("new__email"))
                | pgtrigger.Q(old__is_active__df=pgtrigger.F("new__is_active")),
            )
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        """Return the name as written on documents."""
        return self.full_name

    def get_session_auth_hash(self) -> str:
        """Return the fingerprint that a session must carry to stay alive."""
        return salted_hmac(
            "accounts.User.session",
            f"{self.password}:{self.sessions_epoch}",
            algorithm="sha256",
        ).hexdigest()
