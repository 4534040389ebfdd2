"""What services call us with: each call is signed or carries our secret, or it is refused."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from .reports import record_twilio
from .sms.twilio import is_genuine

TRACKING = {
    "amazon_ses": "AmazonSESTrackingWebhookView",
    "mailgun": "MailgunTrackingWebhookView",
    "postmark": "PostmarkTrackingWebhookView",
    "sendgrid": "SendGridTrackingWebhookView",
}


@csrf_exempt
def mail(request: HttpRequest) -> HttpResponseBase:
    """The mail service's calls, which anymail verifies and makes a signal of; 404 where there is no such service."""
    name = TRACKING.get(settings.EMAIL_SERVICE)
    if name is None or not settings.ANYMAIL["WEBHOOK_SECRET"]:
        raise Http404
    view: Any = getattr(import_module(f"anymail.webhooks.{settings.EMAIL_SERVICE}"), name)
    return view.as_view()(request)


@csrf_exempt
@require_POST
def twilio(request: HttpRequest) -> HttpResponse:
    """A status callback, signed with our token over the address that we had given."""
    url = settings.PUBLIC_URL + request.get_full_path()
    if not is_genuine(url, request.POST, signed=request.headers.get("X-Twilio-Signature", "")):
        raise PermissionDenied
    record_twilio(request.POST, name=request.GET.get("delivery", ""))
    return HttpResponse(status=204)
