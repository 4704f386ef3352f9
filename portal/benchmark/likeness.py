"""Whether what was written set-based is what the services write."""

import re
from collections.abc import Iterable

from django.db import connection, transaction

from accounts.models import Enterprise
from hazards.models import ChainEntry
from hazards.queries.contents import sealed_bytes
from hazards.queries.envelopes import envelope
from hazards.rules import seals
from portal.benchmark.copies import GRAPH, Graph, rows_of
from portal.benchmark.sample import Firm, Office, make_firm, quarters

SAMPLED = 10
_FIRST_OTHER_LABEL = 90_000_000
# What differs between two enterprises though they did the same.
_OWN = re.compile(
    r"(?P<digest>\b[0-9a-f]{64}\b)"
    r"|(?P<uuid>\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)"
    r"|(?P<number>\b(?:JB|ZC|HZ|YH)-[0-9Q]+-[0-9A-Z]{8}\b)"
    r"|(?P<code>\b[0-9A-Z]{18}\b)"
    r"|(?P<id>\b9\d{12}\b)"
    r"|(?P<label>(?<!\d)[19]0\d{6}(?!\d))"
    r"|(?P<signing>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d{6}\+00(?::00)?)"
)


def unlike(enterprises: Iterable[Enterprise], office: Office, *, over: int) -> str:
    """
    Compare each enterprise, column by column, with another that the services make now
    from the same facts and that is gone afterwards; return the first difference, or
    nothing.
    """
    for place, enterprise in enumerate(enterprises):
        label = str(_FIRST_OTHER_LABEL + place)
        with transaction.atomic():
            other = make_firm(office, label, over=quarters(over))
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            found = difference(enterprise, other)
            transaction.set_rollback(True)
        if found:
            return found
    return ""


def difference(enterprise: Enterprise, other: Firm, graph: Graph = GRAPH) -> str:
    """Return the first column in which the two differ in sense, or nothing."""
    ours, theirs = _in_sense(enterprise, graph), _in_sense(other.enterprise, graph)
    for ours_row, theirs_row in zip(ours, theirs, strict=False):
        if ours_row != theirs_row:
            return f": {enterprise.uscc}: {ours_row} is {theirs_row} by the services"
    return "" if len(ours) == len(theirs) else f": {enterprise.uscc}: rows are missing"


def _in_sense(enterprise: Enterprise, graph: Graph) -> list[tuple[str, str, str]]:
    """Every column, with what is the enterprise's own named by its first place."""
    names: dict[str, str] = {}

    def named(found: "re.Match[str]") -> str:
        kind, text = str(found.lastgroup), found[0]
        if kind == "signing":
            return f"<signed {text[:10]}>"
        prefix = text.rpartition("-")[0] if kind == "number" else kind
        return names.setdefault(text, f"<{prefix} {len(names)}>")

    return [
        (model.__name__, column, _OWN.sub(named, written or "NULL"))
        for model, rows in rows_of(enterprise, graph).items()
        for row in rows
        for column, written in row.items()
    ]


def stands(enterprise: Enterprise) -> bool:
    """Whether rows, bytes, digests and the chain of the enterprise agree."""
    entries = ChainEntry.objects.filter(enterprise=enterprise).order_by("ordinal")
    previous = ""
    for entry in entries.select_related("seal__version__report"):
        seal = entry.seal
        content = sealed_bytes(seal.version, seal_format=seal.seal_format)
        linked = seals.link(
            previous=previous, ordinal=entry.ordinal, envelope=envelope(seal)
        )
        if (
            content != bytes(seal.content)
            or seals.digest(content) != seal.content_sha256
            or linked != entry.entry_sha256
        ):
            return False
        previous = entry.entry_sha256
    return bool(previous)
