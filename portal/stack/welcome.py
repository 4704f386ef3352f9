"""What a person reads once everything runs: the address, and how to get in."""

import json
import unicodedata

from portal.stack.servers import Servers
from portal.stack.state import State

ACCOUNTS = "demo-accounts.json"


def welcome(address: str, state: State, parts: list[str], servers: Servers) -> str:
    """Return what to say when everything runs."""
    lines = ["", f"The portal is open at {address}", ""]
    try:
        accounts = json.loads((state.folder / ACCOUNTS).read_text())
    except OSError:
        accounts = []
    if accounts and servers.postgres is not None:
        lines.append("Demo accounts (of this state folder only):")
        lines += columns([(a["who"], a["username"], a["password"]) for a in accounts])
        lines.append("")
    home = state.postgres_home
    if servers.postgres is not None and home != state.folder:
        lines.append(
            f"PostgreSQL, which does not run as root, keeps its files in {home}"
        )
    lines += [
        f"Running: {', '.join(parts)}. Logs: {state.logs}",
        f"Health: {address}healthz",
        "Stop with Ctrl-C; the next start goes on with the same data.",
    ]
    return "\n".join(lines)


def columns(rows: list[tuple[str, str, str]]) -> list[str]:
    """Return the rows as lines in which each column begins at the same place."""
    widths = [max(_width(row[column]) for row in rows) for column in range(3)]
    return [
        "  "
        + "  ".join(
            text + " " * (width - _width(text))
            for text, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes: a Chinese letter two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
