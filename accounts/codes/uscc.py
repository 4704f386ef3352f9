"""
统一社会信用代码: the unified social credit code of GB 32100-2015.

Eighteen characters: registering department, category, six digits of the registering
authority's region, nine characters of organisation code, one check character.
"""

import re
from typing import Final, Never

from django.utils.translation import gettext_lazy as _

from accounts.codes.errors import CodeError
from accounts.codes.width import half_width, upper

LENGTH: Final = 18
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LOOK_ALIKES: Final = {"I": "1", "O": "0", "S": "5", "Z": "2", "V": ""}
"""The letters the standard leaves out, with the digit usually meant."""

_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_OLD_NUMBER: Final = re.compile(r"[0-9]{15}")


def normalize(text: str) -> str:
    """Return the text trimmed, half-width and in capitals, unchecked."""
    return upper(half_width(text).strip())


def check(text: str) -> str:
    """
    Return the code in its normal form.

    :raises CodeError: with the code ``old-number``, ``length``, ``letters``,
        ``characters`` or ``check-digit``, the first that applies
    """
    code = normalize(text)
    if _OLD_NUMBER.fullmatch(code):
        msg = _(
            "This is a 15-digit business registration number. Enter the 18-character "
            "unified social credit code from the current licence."
        )
        raise CodeError(msg, code="old-number", params={})
    if len(code) != LENGTH:
        msg = _(
            "A unified social credit code has 18 characters; this one has %(length)d."
        )
        raise CodeError(msg, code="length", params={"length": len(code)})
    _refuse_foreign_characters(code)
    if check_digit(code[:-1]) != code[-1]:
        msg = _(
            "The last character does not fit the others, so at least one character is "
            "mistyped. Compare the code with the licence."
        )
        raise CodeError(msg, code="check-digit", params={})
    return code


def check_digit(first17: str) -> str:
    """
    Return the check character for the first seventeen, already in normal form.

    :raises CodeError: if they are not seventeen or not of the code's alphabet
    """
    if len(first17) != LENGTH - 1:
        msg = _("The check character is made from 17 characters, not %(length)d.")
        raise CodeError(msg, code="length", params={"length": len(first17)})
    _refuse_foreign_characters(first17)
    total = sum(
        _VALUES[character] * weight
        for character, weight in zip(first17, _WEIGHTS, strict=True)
    )
    return ALPHABET[-total % 31]


def organisation_check(first8: str) -> str:
    """
    Return the ninth character of an organisation code (GB 11714) for its first eight.

    :raises CodeError: if they are not eight or not of the code's alphabet
    """
    if len(first8) != LENGTH - 10:
        msg = _("An organisation code starts with 8 characters, not %(length)d.")
        raise CodeError(msg, code="length", params={"length": len(first8)})
    _refuse_foreign_characters(first8)
    # Here letters count as in base 36, unlike in the credit code around it.
    total = sum(
        int(character, 36) * weight
        for character, weight in zip(first8, _ORGANISATION_WEIGHTS, strict=True)
    )
    return "0123456789X"[-total % 11]


def has_usual_organisation_code(code: str) -> bool:
    """
    Say whether the organisation code inside a checked code has its own right check.

    Branches, sole traders and special bodies may deviate: good for a hint to look
    again, never for refusing.
    """
    return organisation_check(code[8:16]) == code[16]


def make(
    organisation: str, *, region: str, department: str = "9", category: str = "1"
) -> str:
    """
    Build a valid code from the first eight characters of an organisation code.

    For demonstration and tests: a code made here may belong to somebody.

    :param region: six digits of GB/T 2260
    :raises CodeError: if the parts do not make a code
    """
    inner = organisation + organisation_check(organisation)
    first17 = f"{department}{category}{region}{inner}"
    return check(first17 + check_digit(first17))


def _refuse_foreign_characters(code: str) -> None:
    letters = sorted(set(code) & LOOK_ALIKES.keys())
    if letters:
        _refuse_letters(", ".join(letters), _suggestion(code))
    others = sorted(set(code) - _VALUES.keys())
    if others:
        msg = _(
            "A unified social credit code contains digits and capital letters only, "
            "but this one contains %(characters)s."
        )
        params = {"characters": " ".join(others)}
        raise CodeError(msg, code="characters", params=params)


def _refuse_letters(letters: str, suggestion: str) -> Never:
    if suggestion:
        msg = _(
            "A unified social credit code never contains I, O, S, V or Z, but this one "
            "contains %(letters)s. Did you mean %(suggestion)s?"
        )
    else:
        msg = _(
            "A unified social credit code never contains I, O, S, V or Z, but this one "
            "contains %(letters)s. Usually 1 is meant for I, 0 for O, 5 for S and "
            "2 for Z; check V against the licence."
        )
    params = {"letters": letters, "suggestion": suggestion}
    raise CodeError(msg, code="letters", params=params)


def _suggestion(code: str) -> str:
    """Return the valid code that the look-alike digits make, or nothing."""
    meant = "".join(LOOK_ALIKES.get(character, character) for character in code)
    try:
        return check(meant)
    except CodeError:
        return ""
