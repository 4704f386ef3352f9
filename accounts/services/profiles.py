"""What people change about themselves."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import RefusedError
from accounts.services import credentials


def change(
    *,
    user: User,
    full_name: str,
    language: str,
    email: str,
    mobile: str,
    password: str,
    at: dt.datetime,
) -> User:
    """
    Store a person's name, language, address and number. The last two let people in,
    so changing them takes the present password.

    :raises accounts.services.credentials.WrongCredentialError: if it is not right
    :raises accounts.services.credentials.TooSoonError: after wrong tries
    :raises RefusedError: if another account has the number
    """
    if (email, mobile or None) != (user.email, user.mobile):
        credentials.prove(user=user, password=password, at=at)
    row = User.objects.get(pk=user.pk)
    row.full_name, row.language = full_name, language
    row.email, row.mobile = email, mobile or None
    try:
        with transaction.atomic():
            row.save(update_fields=["full_name", "language", "email", "mobile"])
    except IntegrityError as error:
        msg = _("Another account has this mobile number.")
        raise RefusedError(msg) from error
    return row
