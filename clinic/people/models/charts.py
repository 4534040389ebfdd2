"""Chart: a file about the patient. Bytes and title are encrypted; the file's name on disk says nothing."""

import re
import unicodedata
from datetime import datetime
from hashlib import sha256

from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.codes import uid
from clinic.crypto import EncryptedTextField, decrypt, encrypt
from clinic.people import scanning
from clinic.people.errors import HasVirus, NotScannedYet
from clinic.people.signals import chart_added

from .patients import Patient
from .users import User

NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]+')
NAME_LENGTH = 120


def plain_name(text: str) -> str:
    """`text` as a file's name that no system trips over, without suffix."""
    visible = "".join(letter for letter in text if unicodedata.category(letter)[0] != "C")
    return NOT_IN_NAMES.sub("-", visible)[:NAME_LENGTH].strip(" .-") or "file"


class ChartQuerySet(models.QuerySet["Chart"]):
    def to_scan(self) -> "ChartQuerySet":
        """Those at which the virus scanner has not looked yet, the oldest first."""
        return self.filter(scan=Chart.Scan.WAITING).order_by("pk")

    def current(self) -> "ChartQuerySet":
        """Those that were not deleted: what anybody is shown."""
        return self.filter(deleted_at__isnull=True)

    def keep(
        self, content: bytes, *, patient: Patient, by: User, title: str, content_type: str, at: datetime
    ) -> "Chart":
        """Store a file of `patient`. clinic.people.uploads has made sure what it is and how large."""
        chart = self.model(
            patient=patient,
            uploaded_by=by,
            uploaded_at=at,
            title=title,
            content_type=content_type,
            size=len(content),
            sha256=sha256(content).hexdigest(),
            scan=Chart.Scan.WAITING if scanning.is_configured() else Chart.Scan.NONE,
        )
        chart.file.save(chart.uid, ContentFile(encrypt(content, place=chart.place)), save=False)
        chart.save(force_insert=True)
        chart_added.send(sender=Chart, chart=chart)
        return chart


def path_of(chart: "Chart", name: str) -> str:
    """Where a chart's bytes lie below the storage's root: spread over folders by the random uid."""
    return f"charts/{chart.uid[:2]}/{chart.uid}"


class Chart(models.Model):
    """A file about the patient, at most 20 MB. `sha256` and `size` are those of the file as it was uploaded.

    A deleted one is shown to nobody any more; its row and its sealed bytes stay, as medical records must.
    """

    class Type(models.TextChoices):
        PDF = "application/pdf", _("PDF")
        JPEG = "image/jpeg", _("JPEG picture")
        PNG = "image/png", _("PNG picture")

    class Scan(models.TextChoices):
        NONE = "none", _("Not looked at: there is no scanner")
        WAITING = "waiting", _("Waits for the scanner")
        CLEAN = "clean", _("Clean")
        VIRUS = "virus", _("Has a virus")

    uid = models.CharField(max_length=16, unique=True, default=uid, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, verbose_name=_("patient"), related_name="charts")
    uploaded_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("uploaded by"), related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))
    title = EncryptedTextField(_("title"))
    file = models.FileField(_("file"), upload_to=path_of, max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    content_type = models.CharField(_("type"), max_length=40, choices=Type)
    size = models.PositiveIntegerField(_("size, bytes"))
    scan = models.CharField(_("virus scan"), max_length=8, choices=Scan, default=Scan.NONE)
    virus = models.CharField(_("virus"), max_length=120, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)
    deleted_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("deleted by"), null=True, blank=True, related_name="+"
    )
    delete_reason = EncryptedTextField(_("reason"), max_length=300, blank=True, default="")

    objects = ChartQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        verbose_name = _("chart")
        verbose_name_plural = _("charts")

    def __str__(self) -> str:
        return self.uid

    @property
    def file_name(self) -> str:
        """What a download is called."""
        return plain_name(self.title) + SUFFIXES[self.content_type]

    @property
    def place(self) -> str:
        """What the encrypted bytes are bound to: copied to another chart's file they do not open."""
        return f"people.chart.file {self.uid}"

    @property
    def is_picture(self) -> bool:
        return self.content_type in {self.Type.JPEG, self.Type.PNG}

    def delete_for(self, reason: str, *, by: User, at: datetime) -> None:
        """Take the file out of the record, for `reason`. Deleting again changes nothing."""
        facts = {"deleted_at": at, "deleted_by": by, "delete_reason": reason}
        if Chart.objects.current().filter(pk=self.pk).update(**facts):
            self.refresh_from_db()

    def look_for_viruses(self) -> None:
        """Ask the scanner about the file. Raises ScannerAway, and the file goes on waiting. Safe to run again."""
        self.virus = scanning.find_virus(self._content())[:120]
        self.scan = self.Scan.VIRUS if self.virus else self.Scan.CLEAN
        self.save(update_fields=["scan", "virus"])

    def read(self) -> bytes:
        """The file as it was uploaded. Raises NotScannedYet or HasVirus, and CannotDecrypt."""
        if self.scan == self.Scan.WAITING:
            raise NotScannedYet
        if self.scan == self.Scan.VIRUS:
            raise HasVirus
        return self._content()

    def _content(self) -> bytes:
        with self.file.open("rb") as stored:
            return decrypt(stored.read(), place=self.place)


SUFFIXES: dict[str, str] = {Chart.Type.PDF: ".pdf", Chart.Type.JPEG: ".jpg", Chart.Type.PNG: ".png"}
