"""Along each chain: entries, seals, versions, and what those hold."""

from collections.abc import Iterator, Sequence

from hazards.models import ChainEntry, Seal, SealKind
from hazards.queries.envelopes import envelope
from hazards.queries.verification import found, rows, standing, versions
from hazards.queries.verification.found import Fault
from hazards.queries.verification.rows import Entry
from hazards.rules import seals


def broken(uscc: str | None) -> Iterator[Fault]:
    """What does not hold along each enterprise's chain, entry by entry."""
    before: Entry | None = None
    for batch in rows.batches(uscc):
        doubtful: list[tuple[Entry, Entry | None]] = []
        for entry in batch:
            if before is not None and before.enterprise_id != entry.enterprise_id:
                before = None
            if not standing.stands(entry, before):
                doubtful.append((entry, before))
            before = entry
        yield from _explained(doubtful)


def _explained(doubtful: Sequence[tuple[Entry, Entry | None]]) -> Iterator[Fault]:
    """What is wrong with each; never nothing."""
    if not doubtful:
        return
    models = ENTRIES.in_bulk([entry.pk for entry, _ in doubtful])
    for entry, before in doubtful:
        model = models[entry.pk]
        for what in list(wrong_with(model, before)) or [found.UNEXPLAINED]:
            yield Fault(
                model.enterprise.uscc,
                model.seal.version.report.number,
                model.seal.receipt_number,
                what,
            )


ENTRIES = ChainEntry.objects.select_related(
    "enterprise",
    "seal__version__report__enterprise",
    "seal__version__report__hazard",
    "seal__version__paper__scan",
).prefetch_related(
    "seal__version__listed__inspection",
    "seal__version__stated__hazard",
    "seal__version__checklist",
    "seal__version__photos__attachment",
)


def wrong_with(entry: ChainEntry, before: Entry | None) -> Iterator[str]:
    """What is wrong with an entry, its seal and its version; nearest cause first."""
    expected = before.ordinal + 1 if before else 1
    if entry.ordinal != expected:
        yield (
            f"chain_entry.ordinal is {entry.ordinal} where {expected} should follow: "
            "an entry is missing or was moved"
        )
    if entry.previous_sha256 != (before.entry_sha256 if before else ""):
        yield "chain_entry.previous_sha256 does not name the entry before"
    seal = entry.seal
    if seals.digest(bytes(seal.content)) != seal.content_sha256:
        yield "seal.content and seal.content_sha256 do not belong together"
    if seal.seal_format == seals.LATER_SIGNATURE_FORMAT:
        yield from _wrong_with_later_signature(seal)
    else:
        yield from versions.wrong_with(seal)
    if entry.enterprise_id != seal.version.report.enterprise_id:
        yield "chain_entry.enterprise is not the report's enterprise"
    about = seal.version.report.hazard
    if about and about.enterprise_id != seal.version.report.enterprise_id:
        yield "report.hazard is another enterprise's"
    yield from _wrong_with_hash(entry)


def _wrong_with_later_signature(seal: Seal) -> Iterator[str]:
    if seal.kind != SealKind.LATER_SIGNATURE:
        yield "seal.kind and seal.seal_format do not belong together"
    again = seals.later_signature(seal.frame or {})
    if again != bytes(seal.content):
        yield (
            "seal.frame differs from the sealed bytes: "
            f"{versions.differences(seal, again)}"
        )


def _wrong_with_hash(entry: ChainEntry) -> Iterator[str]:
    columns = envelope(entry.seal)
    hashed = columns if entry.seal.seal_format != seals.FIRST_FORMAT else None
    if entry.envelope != hashed:
        changed = seals.changes(entry.envelope or {}, hashed or {})
        yield (
            "the columns of the seal, its version or what that holds differ from the "
            f"chain_entry.envelope: {', '.join(path for path, _, _ in changed)}"
        )
    again = seals.link(
        previous=entry.previous_sha256, ordinal=entry.ordinal, envelope=columns
    )
    if again != entry.entry_sha256:
        yield (
            "chain_entry.entry_sha256 is not what the entry, the columns of the seal "
            "and the version's record of who saved it give"
        )
