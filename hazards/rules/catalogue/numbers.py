"""How the number of a clause or an article is written, and how people write it."""

import re
import unicodedata
from typing import Final

_DIGITS: Final = "一二三四五六七八九"
_NUMBER: Final = "([0-9]{1,2}|[一二三四五六七八九十]{1,3})"
# 4(3), 4.3, 4-3, 第四条第（三）项, 第四条（三）, 第4条第3项, 14, 第十四条, 第7项
_WRITTEN: Final = re.compile(
    rf"(?:art\.?|article|no\.?|第)?{_NUMBER}(?:条|项)?"
    rf"(?:(?:[.\-]|第?\(|第|(?<=条)){_NUMBER}\)?项?)?"
)


def number_in(words: str) -> str:
    """
    Return the number as the catalogue writes it, ``4(3)`` or ``14``; empty if the
    words are no number.
    """
    text = unicodedata.normalize("NFKC", words).casefold()
    written = _WRITTEN.fullmatch("".join(text.split()))
    if written is None:
        return ""
    article, item = (_digits(part) for part in written.groups(""))
    return f"{article}({item})" if item else article


def in_chinese(number: int) -> str:
    """Write a number below two hundred as laws do: 14 as 十四, 102 as 一百零二."""
    hundreds, rest = divmod(number, 100)
    tens, units = divmod(rest, 10)
    unit = _DIGITS[units - 1] if units else ""
    if hundreds:
        ten = f"{_DIGITS[tens - 1]}十" if tens else "零" * bool(units)
        return f"{_DIGITS[hundreds - 1]}百{ten}{unit}"
    ten = "十" if tens == 1 else f"{_DIGITS[tens - 1]}十" if tens else ""
    return ten + unit


def _digits(number: str) -> str:
    """Write 十四 as 14; what is in digits loses its leading noughts."""
    if not number or number.isdecimal():
        return number.lstrip("0")
    tens, ten, units = number.rpartition("十")
    unit = _DIGITS.find(units) + 1 if units else 0
    if not ten:
        return str(unit)
    return str((_DIGITS.find(tens) + 1 if tens else 1) * 10 + unit)
