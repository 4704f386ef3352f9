"""A clause as it reads today, as plain values that stay when the standard changes."""

from typing import Any

from hazards.rules.catalogue import Clause
from hazards.rules.provisions import provision


def clause_facts(clause: Clause) -> dict[str, Any]:
    """The criterion, what may follow in law and the usual remedy, in Chinese."""
    return {
        "code": clause.code,
        "standard": clause.standard.zh,
        "standard_number": clause.standard.number,
        "number": clause.number,
        "number_zh": clause.number_zh,
        "lead": clause.lead_zh,
        "text": clause.zh,
        "confidence": clause.confidence.value,
        "consequences": [
            {"key": key, "text": provision(key).zh} for key in clause.consequences
        ],
        "remedy": clause.remedy_zh,
    }
