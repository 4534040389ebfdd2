"""Who did what with whose record, and the seals that show whether a line is missing or was changed."""

from .entries import AuditEntry, address_of
from .seals import AuditSeal, Fault

__all__ = ["AuditEntry", "AuditSeal", "Fault", "address_of"]
