"""The database against heads and days that left it."""

import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hazards.models import ChainEntry
from hazards.queries.covered import Days, tally
from hazards.queries.heads import FORMAT
from hazards.queries.verification.found import Fault, TableFault

BATCH = 500
"""Heads looked up at a time, by one query."""


class BadFileError(Exception):
    """The file proves nothing; one sentence says why."""


def digest_of(path: Path) -> bytes:
    """The SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def signature_of(path: Path) -> Path:
    """Where the signature of a file of heads lies."""
    return path.with_name(f"{path.name}.sig")


def check_signature(path: Path, *, public_keys: Iterable[Path]) -> None:
    """
    See that one of the keys signed the file.

    :raises BadFileError: if none did, or if one of the files cannot be read
    """
    keys = [_public_key(key) for key in public_keys]
    try:
        signature, digest = signature_of(path).read_bytes(), digest_of(path)
    except OSError as error:
        msg = f"{error.filename} cannot be read ({error.strerror})."
        raise BadFileError(msg) from error
    for key in keys:
        try:
            key.verify(signature, digest)
        except InvalidSignature:
            continue
        return
    msg = (
        f"{path} is not the file that was signed, or another key signed it: compare it "
        "with your other copies and name the right --public-key."
    )
    raise BadFileError(msg)


def _public_key(path: Path) -> Ed25519PublicKey:
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except OSError as error:
        msg = f"The public key {path} cannot be read ({error.strerror})."
        raise BadFileError(msg) from error
    except ValueError as error:
        msg = f"{path} holds no public key in PEM."
        raise BadFileError(msg) from error
    if not isinstance(key, Ed25519PublicKey):
        msg = f"{path} holds no Ed25519 key."
        raise BadFileError(msg)
    return key


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    """Read a file of heads line by line."""
    with path.open("rb") as file:
        for line in file:
            yield json.loads(line)


def faults(
    lines: Iterable[Mapping[str, Any]], *, uscc: str | None = None
) -> Iterator[Fault | TableFault]:
    """
    Yield what the file says and the database no longer does: heads that are no entry
    of their chain any more, tables whose rows of the days covered are others. Whether
    the chains hold in themselves is for `verification.faults` to say.

    :param uscc: look at the head of this enterprise only, and at no table
    :raises BadFileError: if the notation is not known
    """
    rest = iter(lines)
    first = next(rest, {})
    if first.get("format") != FORMAT:
        msg = f"The file is in no format known here ({first.get('format')!r})."
        raise BadFileError(msg)
    heads = (line for line in rest if _concerns(line, uscc))
    while batch := list(itertools.islice(heads, BATCH)):
        yield from _wrong_heads(
            [line for line in batch if "entry_sha256" in line], on=first["on"]
        )
        for line in batch:
            if "table" in line:
                yield from _wrong_table(line, first["columns"][line["table"]])


def _concerns(line: Mapping[str, Any], uscc: str | None) -> bool:
    return uscc is None or line.get("uscc") == uscc


def _wrong_heads(heads: Sequence[Mapping[str, Any]], *, on: str) -> Iterator[Fault]:
    if not heads:
        return
    stored = set(
        ChainEntry.objects.filter(
            entry_sha256__in=[head["entry_sha256"] for head in heads]
        ).values_list("enterprise__uscc", "ordinal", "entry_sha256")
    )
    for head in heads:
        if (head["uscc"], head["ordinal"], head["entry_sha256"]) not in stored:
            yield Fault(head["uscc"], "", "", _wrong_head(head, on=on))


def _wrong_head(head: Mapping[str, Any], *, on: str) -> str:
    chain = ChainEntry.objects.filter(enterprise__uscc=head["uscc"])
    was = f"chain entry {head['ordinal']} had the hash {head['entry_sha256']} on {on}"
    now = chain.filter(ordinal=head["ordinal"]).first()
    if now is not None:
        return f"{was}, it is {now.entry_sha256}: the chain was written anew"
    last = chain.order_by("ordinal").last()
    ends = f"ends with entry {last.ordinal}" if last else "is empty"
    return f"{was}, the chain {ends}: its tail was cut off"


def _wrong_table(
    line: Mapping[str, Any], columns: Sequence[str]
) -> Iterator[TableFault]:
    first = dt.date.fromisoformat(line["from"]) if line["from"] else None
    days = Days(first, dt.date.fromisoformat(line["to"]))
    try:
        now = tally(line["table"], columns, days)
    except LookupError as error:
        msg = f"The file covers {error}, which this portal does not know any more."
        raise BadFileError(msg) from error
    if any(line[key] != value for key, value in now.items()):
        yield TableFault(line["table"], str(days), _differs(line, now))


def _differs(was: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    if all(was[key] == now[key] for key in ("count", "first", "last")):
        return f"a row was changed ({was['count']} rows, as many as were covered)"
    return (
        f"{was['count']} rows ({was['first']} to {was['last']}) were covered, "
        f"{now['count']} ({now['first']} to {now['last']}) are stored"
    )
