"""VisitChart: a file that somebody brought to a visit."""

from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from clinic.people.models import Chart, Patient

if TYPE_CHECKING:
    from .visit import Visit


class VisitChartQuerySet(models.QuerySet["VisitChart"]):
    def current(self) -> "VisitChartQuerySet":
        """Those whose file was not deleted."""
        return self.filter(chart__deleted_at__isnull=True)

    @transaction.atomic
    def bring(self, content: bytes, *, visit: "Visit", patient: Patient, **facts: Any) -> Chart:
        """Store a file in the record of the visit's `patient`, and that it was brought; `facts` as Chart's keep()."""
        chart = Chart.objects.keep(content, patient=patient, **facts)
        self.create(visit=visit, chart=chart)
        return chart


class VisitChart(models.Model):
    """Says in which visit a file was put into the patient's record: from the waiting room, or beside the video."""

    visit = models.ForeignKey("televisit.Visit", models.PROTECT, verbose_name=_("visit"), related_name="visit_charts")
    chart = models.OneToOneField(Chart, models.PROTECT, verbose_name=_("file"), related_name="visit_chart")

    objects = VisitChartQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("file of a visit")
        verbose_name_plural = _("files of visits")

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.chart_id}"
