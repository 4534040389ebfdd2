"""Files of a record: put in, and downloaded after a look at who asks."""

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView, View

from clinic.people.models import Chart
from clinic.record.access import OpenedChart, RecordMixin
from clinic.record.audit import Action
from clinic.record.forms import ChartForm


class ChartAddView(RecordMixin, FormView):
    form_class = ChartForm
    template_name = "record/add_chart.html"

    def form_valid(self, form: ChartForm) -> HttpResponse:
        chart = Chart.objects.keep(**form.facts(), patient=self.patient, by=self.request.user, at=self.at)
        self.note(Action.CREATED, chart)
        messages.success(self.request, _("The file is in the record."))
        return redirect(self.record_url)


class ChartView(OpenedChart, LoginRequiredMixin, View):
    """The file as a download that no browser shows as a page of ours; each one goes on record."""

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        self.note(Action.DOWNLOADED, self.chart)
        return download(self.chart)


def download(chart: Chart) -> FileResponse:
    """The decrypted file, which nobody on the way keeps."""
    content = BytesIO(chart.read())
    response = FileResponse(content, as_attachment=True, filename=chart.file_name, content_type=chart.content_type)
    response["Cache-Control"] = "private, no-store"
    return response
