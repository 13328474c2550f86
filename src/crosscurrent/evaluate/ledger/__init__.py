"""The ledger: what was published, kept so that nobody can change it unnoticed, followed to its end and scored."""

from crosscurrent.evaluate.ledger.chain import Broken, Entry, Head
from crosscurrent.evaluate.ledger.store import Ledger, ledger_file

__all__ = ["Broken", "Entry", "Head", "Ledger", "ledger_file"]
