"""A person's notices."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.utils import timezone
from django.views.generic import ListView, TemplateView

from .live import tell_pages
from .models import Notice


class NoticeListView(LoginRequiredMixin, ListView):
    """The newest first. What is shown counts as read from then on."""

    request: Any

    template_name = "notices/list.html"
    context_object_name = "notices"
    paginate_by = 20
    extra_context = {"tab": "notices"}

    def get_queryset(self) -> QuerySet[Notice]:
        return Notice.objects.visible_to(self.request.user).with_subjects()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["notices"] = list(context["notices"])
        shown = Notice.objects.filter(pk__in=[notice.pk for notice in context["notices"]])
        if shown.mark_read(at=timezone.now()):
            tell_pages([self.request.user.pk])
        return context


class NoticeBadgeView(LoginRequiredMixin, TemplateView):
    """The link to the notices with the number of the new ones, as a fragment that pages fetch again."""

    template_name = "notices/_badge.html"
