"""Numbers that people read out and nobody can count through."""

import datetime as dt
import secrets

from hazards.rules.deadlines import SHANGHAI
from hazards.rules.quarters import Quarter

# Without I, L, O and U, which are misread or misheard.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def inspection_number(quarter: Quarter) -> str:
    """A number for a visit (自查), 40 random bits after its quarter."""
    return f"ZC-{quarter}-{_token()}"


def report_number(quarter: Quarter) -> str:
    """A number for a quarterly report (季报)."""
    return f"JB-{quarter}-{_token()}"


def hazard_number(at: dt.datetime) -> str:
    """A number for a major hazard (隐患), after the day in Asia/Shanghai it begins."""
    return f"YH-{at.astimezone(SHANGHAI):%Y%m%d}-{_token()}"


def hazard_report_number(at: dt.datetime) -> str:
    """A number for a hazard reported at once (隐患报告), after its day."""
    return f"YB-{at.astimezone(SHANGHAI):%Y%m%d}-{_token()}"


def plan_number(at: dt.datetime) -> str:
    """A number for a treatment plan (治理方案), after its day in Asia/Shanghai."""
    return f"FA-{at.astimezone(SHANGHAI):%Y%m%d}-{_token()}"


def determination_number(at: dt.datetime) -> str:
    """A number for a determination (认定), after its day in Asia/Shanghai."""
    return f"RD-{at.astimezone(SHANGHAI):%Y%m%d}-{_token()}"


def general_hazard_number(at: dt.datetime) -> str:
    """A number for a general hazard (一般隐患), after its day in Asia/Shanghai."""
    return f"YY-{at.astimezone(SHANGHAI):%Y%m%d}-{_token()}"


def finding_number(at: dt.datetime) -> str:
    """A number for a finding of a spot check (发现), after its day."""
    return f"FX-{at.astimezone(SHANGHAI):%Y%m%d}-{_token()}"


def check_number(at: dt.datetime) -> str:
    """A number for a spot check (检查), after the day in Asia/Shanghai of its plan."""
    return f"JC-{at.astimezone(SHANGHAI):%Y%m%d}-{_token()}"


def receipt_number(at: dt.datetime) -> str:
    """A number for a receipt (回执), after its day in Asia/Shanghai."""
    return f"HZ-{at.astimezone(SHANGHAI):%Y%m%d}-{_token()}"


def _token() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(8))
