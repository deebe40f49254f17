"""Documents of evidence in the forms and tables of the staff's pages."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.admin.sections import Section
from registry.choices import FileKind, ScanState
from registry.models import EvidenceFile
from registry.operations.stored_files import LARGEST_MB, Upload

_WHAT = gettext_lazy("PDF, PNG or JPEG pictures, plain text; at most 10 MB each.")


class _ManyInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files."""

    widget = _ManyInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [super(FilesField, self).clean(one, initial) for one in data or []]


def files_field() -> FilesField:
    """Documents that go along with what a form says."""
    return FilesField(
        required=False, label=gettext_lazy("Documents"), help_text=_WHAT, allow_empty_file=True
    )


def file_field(*, required: bool) -> forms.FileField:
    """One document."""
    return forms.FileField(
        required=required, label=gettext_lazy("Document"), help_text=_WHAT, allow_empty_file=True
    )


def confidential_field() -> forms.BooleanField:
    return forms.BooleanField(
        required=False,
        label=gettext_lazy("Confidential"),
        help_text=gettext_lazy(
            "Only those who rule on evidence read it, and each reading is recorded."
        ),
    )


def read_uploads(files: list[UploadedFile]) -> tuple[Upload, ...]:
    """What was uploaded; of a file that is too large, no more than shows it."""
    most = LARGEST_MB * 1024 * 1024
    return tuple(Upload(file.name or "", file.read(most + 1)) for file in files)


def list_documents(files: list[EvidenceFile]) -> Section:
    """The documents behind something, each leading to its page."""
    return Section(
        _("Documents"),
        (_("Document"), _("Kind"), _("Size"), _("Scan"), "SHA-256", _("Handed in")),
        [
            (
                link_file(file),
                FileKind(file.kind).label,
                file.size,
                ScanState(file.scan_state).label,
                file.sha256,
                file.uploaded_at,
            )
            for file in files
        ],
        empty=_("None is kept here."),
    )


def link_file(file: EvidenceFile | None) -> object:
    """A cell that leads to the document's page."""
    if file is None:
        return ""
    name = _("redacted") if file.redacted_at is not None else file.name
    if file.confidential and file.redacted_at is None:
        name = _("%(name)s (confidential)") % {"name": file.name}
    return (name, reverse("admin:registry_evidencefile_change", args=[file.id]))
