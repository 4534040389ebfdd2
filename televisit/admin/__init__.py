"""What staff see of visits, and where they set up video services."""

from .integrations import IntegrationAdmin
from .visits import VisitAdmin

__all__ = ["IntegrationAdmin", "VisitAdmin"]
