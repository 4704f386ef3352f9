"""Determinations made again from what was kept of them: the same bytes, or why not."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from hazards.models import Determination
from hazards.rules import case_files, seals
from hazards.rules.rulebook import RULEBOOKS, Rulebook

CHUNK = 200


@dataclass(frozen=True)
class MadeAgain:
    """What became of one; `fault` is empty where it gave the same bytes."""

    number: str
    fault: str = ""

    @property
    def is_same(self) -> bool:
        """Whether it gave the same bytes."""
        return not self.fault


def redetermine(
    numbers: Collection[str] = (), *, rulebooks: Sequence[Rulebook] = RULEBOOKS
) -> Iterator[MadeAgain]:
    """
    Make each again from its own bytes, in their order; all where none is named. One at
    a time is held in memory.
    """
    rows = Determination.objects.order_by("id").values_list(
        "number", "content", "content_sha256", "facts_sha256"
    )
    if numbers:
        rows = rows.filter(number__in=numbers)
        known = set(rows.values_list("number", flat=True))
        for number in numbers:
            if number not in known:
                yield MadeAgain(number, "there is no determination of this number")
    for number, content, content_sha256, facts_sha256 in rows.iterator(CHUNK):
        fault = _fault(bytes(content), content_sha256, facts_sha256, rulebooks)
        yield MadeAgain(number, fault)


def _fault(
    content: bytes, sha256: str, facts_sha256: str, rulebooks: Sequence[Rulebook]
) -> str:
    if seals.digest(content) != sha256:
        return "the bytes kept are not those of their digest"
    try:
        again = case_files.made_again(content, rulebooks=rulebooks)
    except (ValueError, KeyError, TypeError) as error:
        return f"it cannot be made again: {error}"
    if again.facts_sha256 != facts_sha256:
        return "its facts are not those of their digest"
    return "" if again.content == content else "it gives another answer by now"
