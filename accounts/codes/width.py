"""Full-width characters, as Chinese input methods write them, made half-width."""

from typing import Final

# U+FF01 to U+FF5E stand for ! to ~ in the same order; U+3000 is the wide space.
_HALF_WIDTH: Final = {
    **{wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)},
    0x3000: 0x20,
}

_UPPER: Final = {code: code - 0x20 for code in range(ord("a"), ord("z") + 1)}


def half_width(text: str) -> str:
    """Return the text with full-width letters, digits, signs and spaces narrowed."""
    return text.translate(_HALF_WIDTH)


def upper(text: str) -> str:
    """Return the text with a to z raised, and nothing else (ß and ı stay)."""
    return text.translate(_UPPER)
