"""What shapes the tables: databases made for one shape are known by it."""

import hashlib

from portal.stack.state import ROOT


def shape() -> str:
    """Return a digest of the migrations, the rights and the libraries."""
    digest = hashlib.sha256()
    sources = [
        ROOT / "requirements.lock",
        ROOT / "portal" / "grants.py",
        *sorted(ROOT.glob("*/migrations/*.py")),
    ]
    for source in sources:
        digest.update(str(source.relative_to(ROOT)).encode() + source.read_bytes())
    return digest.hexdigest()[:16]
