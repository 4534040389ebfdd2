"""What staff see of visits and of video services' messages, and where they set up video services."""

from .integrations import IntegrationAdmin
from .visits import VisitAdmin
from .webhook_events import WebhookEventAdmin

__all__ = ["IntegrationAdmin", "VisitAdmin", "WebhookEventAdmin"]
