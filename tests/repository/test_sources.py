"""What the sources cite and read exists, and modules are named for what they do."""

import ast
import re

import pytest

from hazards.rules.provisions import PROVISIONS
from tests.repository.sources import ROOT, modules, texts, tree

BANNED = re.compile(
    r"(utils?|helpers?|common|base|managers?|handlers?|data|info)", re.ASCII
)
# Django's loader of database backends looks for this very name.
IMPOSED = {"tests/database/base.py"}

# How the sources write a citation, and the key it stands for.
CITATIONS = {
    r"\b([a-z]+(?:-[a-z0-9]+)+/(?:art|item)-[0-9]+(?:-[0-9]+)?)\b": "{}",
    r"应急〔2025〕11号,? items? (?:[0-9]+ and )?([0-9]+)": "circular-2025-11/item-{}",
    r"应急〔2025〕11号,? items ([0-9]+)": "circular-2025-11/item-{}",
    r"安监总局令第16号 art\. ([0-9]+)": "order-16/art-{}",
    r"安全生产法 art\. ([0-9]+)": "work-safety-law-2021/art-{}",
}
# Set by start.py for its own servers, or by the tests: nobody sets them by hand.
SET_BY_THE_PORTAL = {"PORTAL_ROLE", "PORTAL_DEMO", "WHITENOISE_AUTOREFRESH"}


def cited() -> set[tuple[str, str]]:
    """Every provision named in our sources, with the file."""
    return {
        (key.format(number), str(path))
        for path, text in texts(".py", ".toml", ".html", ".txt", ".md")
        for pattern, key in CITATIONS.items()
        for number in re.findall(pattern, text)
    }


def test_every_provision_cited_is_one_the_rulebook_knows() -> None:
    found = cited()
    assert len({key for key, _ in found}) > 10
    assert {(key, path) for key, path in found if key not in PROVISIONS} == set()


@pytest.mark.parametrize("pattern", CITATIONS)
def test_every_way_of_citing_is_in_use(pattern: str) -> None:
    assert any(re.search(pattern, text) for _, text in texts(".py", ".toml"))


def variables_read() -> set[str]:
    """The names in every first argument of an env_… call of the settings."""
    names = set()
    for path in modules("portal"):
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id.startswith("env_")
            ):
                names |= {
                    part.value
                    for part in ast.walk(node.args[0])
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
    return {name for name in names if re.fullmatch(r"[A-Z][A-Z0-9_]+", name)}


def test_every_variable_that_is_read_is_explained_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    explained = set(re.findall(r"^([A-Z][A-Z0-9_]+)=", example, re.MULTILINE))
    read = variables_read()
    assert "SECRET_KEY" in read
    assert "DATABASE_OWNER_URL" in read
    assert read - SET_BY_THE_PORTAL == explained


def test_modules_are_named_for_what_they_do() -> None:
    named = {
        str(path)
        for path in modules("accounts", "hazards", "portal", "tests")
        if BANNED.fullmatch(path.stem) or BANNED.fullmatch(path.parent.name)
    }
    assert named == IMPOSED
