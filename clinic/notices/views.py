"""A person's notices, and the page that a link for an answer opens."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages.views import SuccessMessageMixin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, ListView, TemplateView

from clinic.headers import holds_capability
from clinic.limits import limited

from .answering import answer, read_token, refuse_answer
from .channels import CHANNELS
from .choices import Action
from .forms import AnswerForm, PreferencesForm
from .live import tell_pages
from .models import Notice
from .readers import as_read_by
from .tasks import send_out_once_committed

NEW_FOR = timedelta(minutes=1)  # so that the list may fetch itself again without taking the mark from before one's eyes


class NoticeListView(LoginRequiredMixin, ListView):
    """The newest first, live. What is shown counts as read from then on, and is marked as new for a moment more."""

    request: Any

    template_name = "notices/list.html"
    context_object_name = "notices"
    paginate_by = 20
    extra_context = {"tab": "notices"}

    def get_queryset(self) -> QuerySet[Notice]:
        return Notice.objects.visible_to(self.request.user).with_subjects()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        at = timezone.now()
        context["notices"] = notices = list(context["notices"])
        for notice in notices:
            notice.is_new = notice.read_at is None or at - notice.read_at < NEW_FOR
        if Notice.objects.filter(pk__in=[notice.pk for notice in notices]).mark_read(at=at):
            tell_pages([self.request.user.pk])
        return context


class NoticeBadgeView(LoginRequiredMixin, TemplateView):
    """The link to the notices with the number of the new ones, as a fragment that pages fetch again."""

    template_name = "notices/_badge.html"


@method_decorator([holds_capability, limited], name="dispatch")
class AnswerView(FormView):
    """The case and a button. Opening it changes nothing, for mail scanners open links; pressing works once.

    For who holds the link; a doctor has to be signed in as well.
    """

    request: Any
    form_class = AnswerForm
    template_name = "notices/answer.html"
    notice: Notice
    action: Action

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.notice, self.action = read_token(kwargs["token"])
        if self.notice.is_for_doctor and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if self.notice.is_for_doctor and request.user != self.notice.recipient:
            raise Http404
        refuse_answer(self.notice, self.action, at=timezone.now())
        with as_read_by(self.notice):
            return self.answer_in_their_words(request, *args, **kwargs)

    def answer_in_their_words(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Rendered at once, while language and zone are the recipient's."""
        response: Any = super().dispatch(request, *args, **kwargs)
        return response.render() if hasattr(response, "render") else response

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "notice": self.notice, "action": self.action}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(notice=self.notice, action=self.action, **kwargs)

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        deliveries = answer(self.notice, self.action, at=timezone.now(), **form.cleaned_data)
        send_out_once_committed(deliveries)
        return render(self.request, "notices/answered.html", {"notice": self.notice, "action": self.action})


class PreferencesView(LoginRequiredMixin, SuccessMessageMixin, FormView):
    """What a person hears of, and how."""

    request: Any
    form_class = PreferencesForm
    template_name = "notices/preferences.html"
    extra_context = {"tab": "settings"}
    success_url = reverse_lazy("settings:index")
    success_message = _("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(channels=CHANNELS.values(), **kwargs)

    def form_valid(self, form: PreferencesForm) -> HttpResponse:
        form.save()
        return super().form_valid(form)
