"""What was sealed under a format is projected by it to the same bytes for ever."""

import json
from pathlib import Path
from typing import Any

import pytest

from hazards.rules import seals

CASES = Path(__file__).parent / "cases"


def parts() -> tuple[seals.Parts, dict[str, Any]]:
    values = json.loads((CASES / "seal-parts.json").read_text())
    later = values.pop("later_signature")
    return seals.Parts(**values), later


@pytest.mark.parametrize("seal_format", sorted(seals._PROJECTORS))
def test_the_format_gives_the_bytes_it_always_gave(seal_format: str) -> None:
    committed = CASES / f"sealed-{seal_format.replace('/', '-')}.json"

    assert seals.project(seal_format, parts()[0]) == committed.read_bytes()


def test_a_later_signature_gives_the_bytes_it_always_gave() -> None:
    committed = CASES / "sealed-later-signature-1.json"

    assert seals.later_signature(parts()[1]) == committed.read_bytes()


def test_no_format_is_without_its_committed_bytes() -> None:
    committed = {path.stem for path in CASES.glob("sealed-*.json")}

    known = {*seals._PROJECTORS, seals.LATER_SIGNATURE_FORMAT}
    assert committed == {f"sealed-{name.replace('/', '-')}" for name in known}


def test_a_format_that_never_was_is_refused() -> None:
    with pytest.raises(ValueError, match="quarterly-report/9"):
        seals.project("quarterly-report/9", parts()[0])
