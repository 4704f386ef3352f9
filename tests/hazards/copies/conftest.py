"""Seals to make copies of, and a place to keep them."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from hazards.models import ChainEntry, ReportVersion, Seal, SelfInspectionReport
from hazards.rules import seals

CASES = Path(__file__).parents[1] / "rules" / "cases"
AT = dt.datetime(2026, 7, 6, 2, 0, 5, tzinfo=dt.UTC)
"""10:00:05 in Asia/Shanghai."""

MakeSeal = Callable[..., Seal]


@pytest.fixture
def store(tmp_path: Path, settings: Settings) -> Path:
    """Keep files in a folder of this test alone."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            **settings.STORAGES["default"],
            "OPTIONS": {"location": str(tmp_path)},
        },
    }
    return tmp_path


@pytest.fixture
def sealed() -> MakeSeal:
    """Make a seal of committed bytes, or of some with changes, without a database."""

    def make(
        seal_format: str = "quarterly-report/2",
        *,
        changed: Callable[[dict[str, Any]], None] = lambda content: None,
        **columns: Any,
    ) -> Seal:
        name = f"sealed-{seal_format.replace('/', '-')}.json"
        values = json.loads((CASES / name).read_bytes())
        changed(values)
        content = seals.canonical(values)
        seal = Seal(
            **{
                "version": ReportVersion(report=SelfInspectionReport()),
                "kind": "signed",
                "seal_format": seal_format,
                "content": content,
                "content_sha256": seals.digest(content),
                "statement": "本人已阅读全部内容，确认其真实、完整。",
                "signed_at": AT,
                "received_at": AT,
                "factor": "totp",
                "receipt_number": "HZ-20260706-A1B2C3D4",
                "due_at": AT + dt.timedelta(days=9),
                "due_is_provisional": False,
                "in_time": True,
                **columns,
            }
        )
        seal.chain_entry = ChainEntry(
            seal=seal, ordinal=7, entry_sha256=seals.digest(b"head")
        )
        return seal

    return make


@pytest.fixture
def past_all_rights(db: None) -> None:
    """Be the superuser with triggers off, for the rest of this test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("SET LOCAL session_replication_role = replica")
