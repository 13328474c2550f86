"""Other people's claims, checked: a document of claims and data in, one verdict a claim out."""

from crosscurrent.audit.auditing import Audit, audit
from crosscurrent.audit.verdicts import Verdict

__all__ = ["Audit", "Verdict", "audit"]
