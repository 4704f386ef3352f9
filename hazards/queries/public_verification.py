"""What the public may learn from a copy's code: genuine or not, and little more."""

import datetime as dt
import json
import re
import unicodedata
from dataclasses import dataclass
from hmac import compare_digest
from typing import Final

from django.db.models import Q

from hazards.models import ChainEntry, Seal
from hazards.queries.copies import DIGITS_IN_CODE, report_content
from hazards.queries.envelopes import envelope
from hazards.rules import seals

_CODE: Final = re.compile(
    rf"(HZ-[0-9]{{8}}-[0-9A-Z]{{8}})-([0-9A-Fa-f]{{{DIGITS_IN_CODE}}})"
)


@dataclass(frozen=True)
class PublicAnswer:
    """
    What the page says of a code that is known. Nothing of what is kept is told where it
    does not hold together any more: it might not be what was sealed.
    """

    is_genuine: bool
    receipt_number: str
    enterprise: str = ""
    report_kind: str = ""
    # Of a quarterly report; the others are told by their kind alone.
    quarter: str = ""
    received_at: dt.datetime | None = None
    sha256: str = ""
    kind: str = ""


def tidy(code: str) -> str:
    """The code as it is printed, whatever widths, spaces and dashes it came with."""
    plain = unicodedata.normalize("NFKC", code).upper()
    plain = re.sub(r"[‐-―−]", "-", plain)
    plain = re.sub(r"\s+", "", plain)[:60]
    known = _CODE.fullmatch(plain)
    return f"{known[1]}-{known[2].lower()}" if known else plain


def public_answer(code: str) -> PublicAnswer | None:
    """
    Look a code up; None = there is no such copy. One query finds the seal by both parts
    of the code, so that a right number with wrong digits is as unknown as any other.
    """
    known = _CODE.fullmatch(tidy(code))
    receipt, digits = known.groups() if known else ("", "-")
    seal = (
        Seal.objects.filter(
            Q(content_sha256__startswith=digits)
            # As it was chained: an altered column is no typing error.
            | Q(chain_entry__envelope__content_sha256__startswith=digits),
            receipt_number=receipt,
        )
        .select_related("chain_entry", "version__report")
        .prefetch_related("version__stated", "version__photos")
        .first()
    )
    if seal is None:
        return None
    return _genuine(seal) or PublicAnswer(is_genuine=False, receipt_number=receipt)


def _genuine(seal: Seal) -> PublicAnswer | None:
    """What is told of a seal that holds together, reckoned anew; None if not."""
    if not (_gives_its_digest(seal) and _is_chained(seal)):
        return None
    try:
        content = report_content(seal)
        enterprise = content["enterprise"]["name"]
        kind = seals.kind_of(content)
        quarter = content["report"]["quarter"] if kind == "quarterly" else ""
    except (Seal.DoesNotExist, KeyError, json.JSONDecodeError):
        return None
    return PublicAnswer(
        is_genuine=True,
        receipt_number=seal.receipt_number,
        enterprise=enterprise,
        report_kind=kind,
        quarter=quarter,
        received_at=seal.received_at,
        sha256=seal.content_sha256,
        kind=seal.kind,
    )


def _gives_its_digest(seal: Seal) -> bool:
    return compare_digest(seals.digest(bytes(seal.content)), seal.content_sha256)


def _is_chained(seal: Seal) -> bool:
    """Whether the seal's columns are those that its entry of the chain was made of."""
    entry: ChainEntry | None = getattr(seal, "chain_entry", None)
    if entry is None:
        return False
    columns = envelope(seal)
    if entry.envelope is not None and entry.envelope != columns:
        return False
    link = seals.link(
        previous=entry.previous_sha256, ordinal=entry.ordinal, envelope=columns
    )
    return compare_digest(link, entry.entry_sha256)
