"""The project's own files, as the checks of this folder read them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("accounts", "hazards", "portal")


def modules(*packages: str) -> Iterator[Path]:
    """The Python files of our packages, without migrations; relative to the root."""
    for package in packages or PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT)


def tree(path: Path) -> ast.Module:
    """A file's syntax."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def texts(*suffixes: str) -> Iterator[tuple[Path, str]]:
    """The text of every file of ours with one of the endings."""
    for folder in (*PACKAGES, "docs", "templates"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes:
                yield path.relative_to(ROOT), path.read_text(encoding="utf-8")


def settings_of(name: str, module: ast.Module) -> Iterator[int]:
    """Lines in which the attribute or column of that name is set."""
    for node in ast.walk(module):
        match node:
            case ast.Attribute(attr=attr, ctx=ast.Store()) if attr == name:
                yield node.lineno
            case ast.Call(
                func=ast.Name(id="setattr"), args=[_, ast.Constant(value), *_]
            ) if value == name:
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr="update" | "aupdate")) if any(
                keyword.arg == name for keyword in node.keywords
            ):
                yield node.lineno
