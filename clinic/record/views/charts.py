"""Files of a record: put in, looked at, downloaded and deleted, each after a look at who asks."""

from functools import cached_property
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.generic import FormView, TemplateView, View

from clinic.people.models import Chart, Patient
from clinic.people.uploads import ChartDeleteForm, ChartForm
from clinic.record.access import OpenedChart, RecordMixin
from clinic.record.audit import Action
from clinic.record.permissions import can_delete_chart, open_to
from televisit.models import Visit, VisitChart


class ChartAddView(RecordMixin, FormView):
    form_class = ChartForm
    template_name = "record/add_chart.html"

    def form_valid(self, form: ChartForm) -> HttpResponse:
        chart = Chart.objects.keep(**form.facts(), patient=self.patient, by=self.request.user, at=self.at)
        self.note(Action.CREATED, chart)
        messages.success(self.request, _("The file is in the record."))
        return redirect(self.record_url)


class ChartMixin(OpenedChart, RecordMixin):
    """Pages about one file."""

    @property
    def may_delete(self) -> bool:
        return can_delete_chart(self.request.user, self.chart, self.at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(chart=self.chart, may_delete=self.may_delete, **kwargs)


@method_decorator(csp_update({"frame-src": [SELF]}), name="dispatch")
class ChartPageView(ChartMixin, TemplateView):
    """The file on a page: a picture as it is, a PDF in the browser's own reader."""

    template_name = "record/chart.html"


class ChartDeleteView(ChartMixin, FormView):
    """Asks why, then takes the file out of the record."""

    form_class = ChartDeleteForm
    template_name = "record/delete_chart.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not self.may_delete:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: ChartDeleteForm) -> HttpResponse:
        self.chart.delete_for(form.cleaned_data["reason"], by=self.request.user, at=self.at)
        self.note(Action.CHANGED, self.chart)
        messages.success(self.request, _("The file is deleted. Nobody can open it any more."))
        return redirect(self.record_url)


class ChartDownloadView(OpenedChart, LoginRequiredMixin, View):
    """The file as a download that no browser shows as a page of ours; each one goes on record."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = file_response(self.chart, as_attachment=True)
        self.note(Action.DOWNLOADED, self.chart)
        return response


@method_decorator(xframe_options_sameorigin, name="dispatch")
@method_decorator(csp_replace({"frame-ancestors": [SELF]}), name="dispatch")
class ChartInlineView(OpenedChart, LoginRequiredMixin, View):
    """The file for the page that shows it; that it was read goes on record."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = file_response(self.chart, as_attachment=False)
        self.note(Action.READ, self.chart)
        return response


def file_response(chart: Chart, *, as_attachment: bool) -> HttpResponse:
    """The decrypted file, which nobody on the way keeps. Its type is what its content said; browsers do not guess."""
    shown = content_disposition_header(as_attachment, chart.file_name)
    headers = {"Content-Disposition": shown, "Cache-Control": "private, no-store"}
    return HttpResponse(chart.read(), content_type=chart.content_type, headers=headers)


class VisitFilesMixin(RecordMixin):
    """What was brought to a visit, for its doctor and the patient's side; guests see nothing of the record."""

    @cached_property
    def visit(self) -> Visit:
        visits = Visit.objects.with_seat_for(self.request.user).with_parties()
        return get_object_or_404(visits.coded(self.kwargs["code"]))

    @cached_property
    def patient(self) -> Patient:
        return get_object_or_404(open_to(self.request.user, self.at), pk=self.visit.appointment.patient_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(visit=self.visit, charts=charts_of(self.visit), **kwargs)


class VisitFilesView(VisitFilesMixin, FormView):
    """The files of a visit and the way to add one: a page of its own, a panel of the room and of the waiting room."""

    form_class = ChartForm

    def get_template_names(self) -> list[str]:
        return ["record/_visit_files.html" if self.request.htmx else "record/visit_files.html"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.note(Action.READ)
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: ChartForm) -> HttpResponse:
        whose: dict[str, Any] = {"visit": self.visit, "patient": self.patient}
        chart = VisitChart.objects.bring(**form.facts(), **whose, by=self.request.user, at=self.at)
        self.note(Action.CREATED, chart)
        if not self.request.htmx:
            messages.success(self.request, _("The file is in the record."))
            return redirect("record:visit-files", self.visit.code)
        return self.render_to_response(self.get_context_data(form=ChartForm(), added=chart))


class VisitFileListView(VisitFilesMixin, View):
    """The list alone, which an open panel fetches again and again; that it was opened is on record already."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        context = {"visit": self.visit, "patient": self.patient, "charts": charts_of(self.visit)}
        return render(request, "record/_visit_file_list.html", context)


def charts_of(visit: Visit) -> list[Chart]:
    """The files that were brought to `visit`, in the order in which they came."""
    brought = VisitChart.objects.current().filter(visit=visit)
    return [each.chart for each in brought.select_related("chart__uploaded_by")]
