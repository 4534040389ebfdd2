"""Where video services tell us what happens in their rooms. What is not signed by the service is refused unread."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from televisit.models import Integration
from televisit.providers.errors import BadSignature, ProviderError
from televisit.providers.webhooks import LARGEST_BODY
from televisit.reports import take_in
from televisit.rooms import service_of


@method_decorator(csrf_exempt, name="dispatch")
class VideoWebhookView(View):
    """One call of a service. 200 also for what we have had before, so that it is not sent again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, provider: str, integration: str) -> HttpResponse:
        sender = get_object_or_404(Integration.objects.select_related("clinic"), uid=integration, provider=provider)
        body, at = request.read(LARGEST_BODY + 1), timezone.now()
        if len(body) > LARGEST_BODY:
            return HttpResponse(status=413)
        try:
            events = service_of(sender).parse_webhook(request.headers, body, at=at)
        except BadSignature:
            return HttpResponse(status=403)
        except ProviderError:
            return HttpResponse(status=400)
        take_in(sender, events, at=at)
        return HttpResponse("{}", content_type="application/json")
