"""Write the rulebook as a page for people, from the law that the product reads."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hazards.rules.policies import DEFINITIONS
from hazards.rules.provisions import provision
from hazards.rules.rulebook import RULEBOOKS, Effect, Question, Rulebook

PAGE = "rulebook.md"
_OPENING = """\
# The rulebook

Written from `hazards/rules/law/` by `manage rulebook`; do not edit it here. How it is
read where the texts are silent: [decision 22](decisions/0022-determination.md).

The questions are asked in this order. The first that holds and has an effect decides;
all that hold are listed. → is the way a review leans; a policy's name stands for its
value. Everything is a proposal that an officer confirms or departs from. Nothing
received at the cut-off or later exists for a finding.
"""
_STAGES = {
    "any": "Asked of every finding",
    "matched": "The same hazard is on the record, whenever registered",
    "reported": "The same hazard, reported before the cut-off",
    "registered": "The same hazard, registered but not reported before the cut-off",
    "absent": "No such hazard was on the record at the cut-off",
}


def page() -> str:
    """Return the page."""
    parts = [_OPENING]
    parts += ["\n".join(_version(rulebook)) for rulebook in reversed(RULEBOOKS)]
    parts += ["\n".join(_policies()), "\n".join(_provisions())]
    return "\n".join(parts)


def _version(rulebook: Rulebook) -> Iterator[str]:
    yield f"## Version {rulebook.version}, in force from {rulebook.since}"
    yield ""
    yield f"{rulebook.source}. Taking part is judged from {rulebook.first_year} on."
    yield f"Digest: `{rulebook.digest}`"
    yield ""
    yield "| asked when | code | enterprise | principal | team |"
    yield "|---|---|---|---|---|"
    for one in rulebook.questions:
        effects = (one.enterprise, one.principal, one.team)
        cells = " | ".join(_effect(effect) for effect in effects)
        yield f"| {one.stage} | [`{one.code}`](#{one.code}) | {cells} |"
    yield ""
    yield from (f"- {stage}: {said}" for stage, said in _STAGES.items())
    yield ""
    for one in rulebook.questions:
        yield from _question(one)


def _effect(effect: Effect) -> str:
    said = f"`{effect.policy}`" if effect.policy else effect.outcome
    return f"{said} → {effect.leaning}" if effect.leaning else said


def _question(one: Question) -> Iterator[str]:
    yield f"### {one.code}"
    yield ""
    yield f"{one.text.question['zh']}<br>{one.text.question['en']}"
    yield ""
    for code, said in one.text.sentences.items():
        yield f"- *{code}*: {said['zh']}<br>{said['en']}"
    yield f"- rests on {', '.join(f'`{key}`' for key in one.text.provisions)}"
    yield ""


def _policies() -> Iterator[str]:
    yield "## Policies"
    yield ""
    yield "| policy | default | since | where it comes from |"
    yield "|---|---|---|---|"
    for name, one in DEFINITIONS.items():
        for default in one.defaults:
            value = one.write(default.value)
            yield f"| `{name}` | {value} | {default.since} | {default.source} |"
    yield ""


def _provisions() -> Iterator[str]:
    keys = {
        key
        for rulebook in RULEBOOKS
        for one in rulebook.questions
        for key in one.text.provisions
    }
    yield "## Articles"
    yield ""
    yield "Titles are this product's words, no quotations."
    yield ""
    for key in sorted(keys):
        one = provision(key)
        yield f"- `{key}`: {one.zh}<br>{one.en}"
    yield ""


class Command(BaseCommand):
    """Writes docs/rulebook.md; needs no database."""

    help = "Write docs/rulebook.md from the law in hazards/rules/law, or check it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --check."""
        parser.add_argument(
            "--check", action="store_true", help="only say whether it is current"
        )

    def handle(self, *, check: bool, **_: Any) -> None:
        """
        Write the page, or compare it.

        :raises CommandError: if it is to be checked and is not current
        """
        file, text = Path(settings.BASE_DIR) / "docs" / PAGE, page()
        if not check:
            file.write_text(text, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != text:
            msg = f"docs/{PAGE} is not current: run 'manage rulebook'."
            raise CommandError(msg)
