"""On which line of a facts file a key stands: for the sentence about what is wrong."""

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]
"""Keys and places (from 0), like ``("hazards", 2, "found_at")``."""

_HEADER = re.compile(r"\s*(\[\[?)([^\[\]]++)\]")
_LARGEST = 4_000_000
_KEY = re.compile(r"""\s*([A-Za-z0-9_-]+|"[^"]*"|'[^']*')\s*(?:\.|=)""")
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:\n]|[^\s{}\[\],:"]++')


def line_of(text: str, path: Path, *, is_json: bool) -> int | None:
    """
    Return the line (from 1) of the key, or of the nearest table around it; None where
    not even that is there, or the text is so long that looking would take seconds.
    """
    if len(text) > _LARGEST:
        return None
    places = _json_places(text) if is_json else _toml_places(text)
    deepest, found = 0, None
    for place, line in places:
        depth = len(place)
        if depth > deepest and place == path[:depth]:
            deepest, found = depth, line
            if depth == len(path):
                break
    return found


def _toml_places(text: str) -> Iterator[tuple[Path, int]]:
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _HEADER.match(line):
            table = tuple(part.strip(" \t\"'") for part in header[2].split("."))
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            yield table, number
        elif key := _KEY.match(line):
            yield (*table, key[1].strip("\"'")), number


def _json_places(text: str) -> Iterator[tuple[Path, int]]:
    path: list[str | int] = []
    line, before = 1, ""
    for token in _TOKEN.finditer(text):
        said = token[0]
        if said == "\n":
            line += 1
            continue
        if said in {"}", "]"}:
            del path[-1:]
        elif before in {"{", "[", ","} and path:
            # The next key of a table, or the next place of a list.
            last = path[-1]
            path[-1] = last + 1 if isinstance(last, int) else said[1:-1]
            yield tuple(path), line
        if said in {"{", "["}:
            path.append("" if said == "{" else -1)
        before = said
