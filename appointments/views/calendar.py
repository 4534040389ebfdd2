"""A user's own calendar: the address that programs fetch, and the page where it is made and replaced."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page
from django.views.generic import TemplateView, View

from appointments.calendar import feed_file
from appointments.models import Feed
from clinic.headers import holds_capability
from clinic.people.access import SignedInMixin


@method_decorator([holds_capability, conditional_page], name="dispatch")
class FeedView(View):
    """The calendar itself. Whoever has the address reads it, without signing in: programs cannot."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        feed = Feed.objects.of_token(token)
        if feed is None:
            raise Http404
        response = HttpResponse(feed_file(feed, at=timezone.now()), content_type="text/calendar; charset=utf-8")
        response["Cache-Control"] = "private, no-cache"
        return response


class FeedSettingsView(SignedInMixin, TemplateView):
    """Whether there is an address. The button makes a new one, shown this once; one before it shows nothing then."""

    template_name = "settings/calendar.html"
    extra_context: Any = {"tab": "settings"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(feed=Feed.objects.of_user(self.user), **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        token = Feed.objects.renew(self.user, at=timezone.now())
        address = settings.PUBLIC_URL + reverse("calendar-feed", args=[token])
        return self.render_to_response(self.get_context_data(address=address))


class RemoveFeedView(SignedInMixin, View):
    """The address shows nothing any more, and there is no other."""

    def post(self, request: HttpRequest) -> HttpResponse:
        Feed.objects.filter(user=self.user).delete()
        messages.success(request, _("The calendar address is removed."))
        return redirect("calendar-settings")
