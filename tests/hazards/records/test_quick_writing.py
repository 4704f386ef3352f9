"""Verification writes and reads as sealing does, only sooner."""

import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hazards.queries.verification.standing import quickly
from hazards.rules.seals import canonical

LARGEST = 2**63 - 1
LEAVES = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text()
CONTENT = st.dictionaries(
    st.text(),
    st.recursive(
        LEAVES,
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    ),
)


@settings(max_examples=60)
@given(CONTENT)
def test_both_ways_give_the_same_bytes(content: dict[str, Any]) -> None:
    assert quickly(content) == canonical(content)


def test_every_character_is_written_alike() -> None:
    """Also those that stand for nothing, and quotation marks."""
    characters = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    for piece in re.findall(r"(?s).{1,4096}", characters):
        assert quickly({"text": piece}) == canonical({"text": piece})
        assert json.loads(quickly({"text": piece})) == {"text": piece}
