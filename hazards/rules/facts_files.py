"""
Facts as a file: TOML, or the same shape as JSON with dates and times as ISO strings.

Everything that a determination reads can be said in such a file, so that it needs no
database. What is wrong with a file is said in one line with key and line.
"""

import json
import re
import tomllib
from collections import Counter
from typing import Any

from hazards.rules.facts import Facts
from hazards.rules.facts_lines import line_of
from hazards.rules.facts_shapes import JSON, TOML, WrongError, shown
from hazards.rules.facts_writing import plain, toml

__all__ = ["FactsError", "plain", "read", "toml"]

# A parser of TOML takes minutes for keys of many thousand parts; facts have three.
_ENDLESS_KEY = re.compile(r"""(?<![\w"'-])(?:["'\w-]++[ \t]*+\.[ \t]*+){100}""")
_AT_LINE = re.compile(r" \(at (?:line ([0-9]+), column [0-9]+|end of document)\)")


class FactsError(ValueError):
    """A file holds no facts; the message is one line that says where and why."""


def read(content: bytes, *, name: str, is_json: bool) -> Facts:
    """
    Read the facts of a file. Instants are returned in Asia/Shanghai.

    :param name: the facts' name where the file gives none
    :raises FactsError: if the file cannot be read as facts
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        msg = f"line {line}: This is not text in UTF-8; save the file in UTF-8."
        raise FactsError(msg) from error
    document = _parsed(text, is_json=is_json)
    try:
        return (JSON if is_json else TOML).facts(document, name)
    except WrongError as wrong:
        path = tuple(reversed(wrong.path))
        line_number = line_of(text, path, is_json=is_json)
        where = f"key {_dotted(path)}" if path else "the file"
        if line_number is not None:
            where = f"{where}, line {line_number}"
        msg = f"{where}: {wrong}"
        raise FactsError(msg) from wrong


def _parsed(text: str, *, is_json: bool) -> dict[str, Any]:
    kind = "JSON" if is_json else "TOML"
    try:
        document = _json(text) if is_json else _toml(text)
    except WrongError as error:
        msg = f"key {_dotted(error.path)}: {error}"
        raise FactsError(msg) from error
    except json.JSONDecodeError as error:
        msg = f"line {error.lineno}: This is not JSON: {error.msg}."
        raise FactsError(msg) from error
    except RecursionError as error:
        msg = f"the file: This is nested too deeply to be facts in {kind}."
        raise FactsError(msg) from error
    except ValueError as error:
        # Both parsers also refuse a number of thousands of digits so.
        said = str(error)
        at = _AT_LINE.search(said)
        where = f"line {at[1] or _last_line(text)}" if at else "the file"
        msg = f"{where}: This is not {kind}: {shown(_AT_LINE.sub('', said), 200)}."
        raise FactsError(msg) from error
    if not isinstance(document, dict):
        msg = "the file: Facts are one object with named parts, as in a facts file."
        raise FactsError(msg)
    return document


def _last_line(text: str) -> int:
    """Return the last line on which something stands."""
    return text.rstrip().count("\n") + 1


def _json(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_without_twins)


def _toml(text: str) -> Any:
    if _ENDLESS_KEY.search(text):
        raise RecursionError
    return tomllib.loads(text)


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        counted = Counter(key for key, _ in pairs)
        msg = "is there twice; keep one."
        raise WrongError(msg, counted.most_common(1)[0][0])
    return table


def _dotted(path: tuple[str | int, ...] | list[str | int]) -> str:
    dotted = ""
    for part in path:
        if isinstance(part, int):
            dotted += f"[{part}]"
        else:
            dotted += f".{shown(part)}" if dotted else shown(part)
    return dotted
