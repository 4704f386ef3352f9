"""Mobile numbers of mainland China: eleven digits that start with 13 to 19."""

import re
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.codes.errors import CodeError
from accounts.codes.width import half_width

_SEPARATORS: Final = re.compile(r"[\s\-\u2010-\u2015]+")
_COUNTRY: Final = re.compile(r"(?:\+|00)86|86(?=1[0-9]{10}\Z)")
_NUMBER: Final = re.compile(r"1[3-9][0-9]{9}")
_DIGITS: Final = re.compile(r"[0-9]*")


def normalize(text: str) -> str:
    """Return the text half-width, without +86, spaces and hyphens, unchecked."""
    compact = _SEPARATORS.sub("", half_width(text))
    country = _COUNTRY.match(compact)
    return compact[country.end() :] if country else compact


def check(text: str) -> str:
    """
    Return the number as its eleven digits.

    :raises CodeError: with the code ``country``, ``characters``, ``length`` or
        ``prefix``, the first that applies
    """
    number = normalize(text)
    if number.startswith(("+", "00")):
        msg = _("Only mobile numbers of mainland China (+86) can be used here.")
        raise CodeError(msg, code="country", params={})
    if not _DIGITS.fullmatch(number):
        msg = _("A mobile number consists of digits only.")
        raise CodeError(msg, code="characters", params={})
    if len(number) != 11:
        msg = _("A mobile number has 11 digits; this one has %(length)d.")
        raise CodeError(msg, code="length", params={"length": len(number)})
    if not _NUMBER.fullmatch(number):
        msg = _("A mobile number starts with 13 to 19; this one does not.")
        raise CodeError(msg, code="prefix", params={})
    return number
