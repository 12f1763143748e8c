"""What somebody is asked before a table is brought in; and mappings, checked when they are kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.common.errors import InvalidInputError
from apps.common.importing import ImportKind, Mode, kind_named, known_kinds, mappings
from apps.common.models import ImportMapping

MODES = (
    (Mode.DRY_RUN.value, gettext_lazy("Try it: say what would happen and write nothing")),
    (Mode.ALL_OR_NOTHING.value, gettext_lazy("All or nothing: one refused row keeps all out")),
    (Mode.RESUME.value, gettext_lazy("Good rows in, batch by batch; go on where it stopped")),
)


class ImportForm(forms.Form):
    """Kind, layout, file, and what a refused row means for the others."""

    kind = forms.ChoiceField(label=gettext_lazy("What to import"))
    mapping = forms.ChoiceField(label=gettext_lazy("Layout of the file"), required=False)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or Excel workbook (.xlsx)."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xlsm"}),
    )
    fixed = forms.CharField(
        label=gettext_lazy("The same for every row"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text=gettext_lazy("One per line, such as currency=CNY; options as well."),
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=MODES,
        initial=Mode.DRY_RUN.value,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, kinds: dict[str, ImportKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(name, kind.label) for name, kind in kinds.items()]  # type: ignore[attr-defined]  # of ChoiceField
        self.fields["mapping"].choices = layouts(kinds)  # type: ignore[attr-defined]  # of ChoiceField

    def clean_file(self) -> Any:
        """Refuse what is too large before anybody looks into it."""
        upload = self.cleaned_data["file"]
        if upload.size > settings.UPLOAD_MAX_BYTES:
            limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
            message = _("The file is larger than %(limit)d MB.") % {"limit": limit}
            raise ValidationError(message, code="file_too_large")
        return upload

    def clean_fixed(self) -> dict[str, str]:
        """One `name=value` per line."""
        lines = (line.strip() for line in self.cleaned_data["fixed"].splitlines())
        try:
            return mappings.fixed_values(line for line in lines if line)
        except InvalidInputError as error:
            raise ValidationError(str(error), code=error.code) from error


def layouts(kinds: dict[str, ImportKind]) -> list[Any]:
    """The stored mappings under the kind they are for."""
    stored: QuerySet[ImportMapping] = ImportMapping.objects.filter(kind__in=kinds)
    groups: dict[str, list[tuple[str, str]]] = {}
    for mapping in stored.order_by("kind", "name"):
        text = f"{mapping.name} – {mapping.description}" if mapping.description else mapping.name
        groups.setdefault(str(kinds[mapping.kind].label), []).append((mapping.name, text))
    return [("", _("By the names of its columns")), *groups.items()]


class MappingForm(forms.ModelForm[ImportMapping]):
    """A mapping is checked when it is kept, not when somebody stands there with a file."""

    kind = forms.ChoiceField(label=gettext_lazy("kind"))

    class Meta:
        model = ImportMapping
        fields = ("name", "kind", "description", "columns", "options")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            choices = [(name, kind.label) for name, kind in known_kinds().items()]
            self.fields["kind"].choices = choices  # type: ignore[attr-defined]  # of ChoiceField

    def clean(self) -> dict[str, Any]:
        """Say what the engine would refuse."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        kind, columns = said.get("kind"), said.get("columns")
        options = said.get("options") or {}
        if kind and columns:
            try:
                mappings.read(kind_named(kind), columns, options)
            except InvalidInputError as error:
                field = "options" if error.details.get("field") in options else "columns"
                self.add_error(field, str(error))
        return said
