"""Where a person is signed in, and how to sign out there."""

from functools import cached_property
from typing import Any

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from clinic.people.sessions import sessions_of


class SessionsView(LoginRequiredMixin, TemplateView):
    """The user's sessions. POST ends one (`session` is its number) or, without one, all but this."""

    request: Any
    template_name = "usersessions/usersession_list.html"

    @cached_property
    def sessions(self) -> list[UserSession]:
        return sessions_of(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sessions=self.sessions, session_count=len(self.sessions), **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        others = [session for session in self.sessions if not session.is_current()]
        wanted = request.POST.get("session")
        ended = [session for session in others if wanted is None or str(session.pk) == wanted]
        if wanted is not None and not ended:
            raise Http404
        get_adapter().end_sessions(ended)
        messages.success(request, _("Signed out there."))
        return redirect("usersessions_list")
