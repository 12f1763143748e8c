"""What people type at the help centre. Services check the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from apps.common.errors import DomainError
from apps.support.models import IssueType, QuizQuestion
from apps.support.states import Severity

LONGEST = 4000
SCORES = (
    (5, _("5: very good")),
    (4, _("4: good")),
    (3, _("3: so-so")),
    (2, _("2: poor")),
    (1, _("1: very poor")),
)


def refuse(form: forms.BaseForm, error: DomainError) -> None:
    """Show what a service refused beside the field it is about."""
    for name, texts in error.errors.items():
        form.add_error(name if name in form.fields else None, [str(text) for text in texts])
    if not error.errors:
        form.add_error(None, str(error))


def _text(label: Any, *, required: bool = True, rows: int = 4, help_text: Any = "") -> Any:
    area = forms.Textarea(attrs={"rows": rows, "maxlength": LONGEST})
    return forms.CharField(
        label=label, required=required, max_length=LONGEST, widget=area, help_text=help_text
    )


class ReportForm(forms.Form):
    """What does not work, where, and for how many."""

    issue_type: forms.ModelChoiceField[IssueType] = forms.ModelChoiceField(
        IssueType.objects.none(), label=_("What is it about?")
    )
    severity = forms.ChoiceField(
        label=_("How bad is it?"),
        choices=lambda: [(value, capfirst(str(label))) for value, label in Severity.choices],
        initial=Severity.NORMAL,
    )
    title = forms.CharField(label=_("In a few words"), max_length=200)
    description = _text(
        _("What happened?"),
        rows=6,
        help_text=_("What did you do, what did you expect, what came instead?"),
    )
    page = forms.CharField(label=_("Page"), max_length=500, required=False)
    request_id = forms.CharField(
        label=_("Request number"),
        max_length=64,
        required=False,
        help_text=_("The number an error page shows; it leads to the log."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["issue_type"]
        field.queryset = IssueType.objects.active().order_by("sequence", "code")


class FeedbackForm(forms.Form):
    """A rating and what there is to say."""

    rating = forms.TypedChoiceField(
        label=_("How do you like it?"), choices=SCORES, coerce=int, widget=forms.RadioSelect
    )
    page = forms.CharField(label=_("Page"), max_length=500, required=False)
    text = _text(_("What should be better, what is good?"), required=False)


class SurveyForm(forms.Form):
    """How satisfied somebody is."""

    score = forms.TypedChoiceField(
        label=_("How satisfied are you with the system?"),
        choices=SCORES,
        coerce=int,
        widget=forms.RadioSelect,
    )
    comment = _text(_("Why?"), required=False)


class QuizForm(forms.Form):
    """One question after the other, each with its answers."""

    def __init__(self, *args: Any, questions: Sequence[QuizQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[f"question_{question.pk}"] = forms.TypedChoiceField(
                label=question.name,
                coerce=int,
                choices=[(option.pk, option.name) for option in question.options.all()],
                widget=forms.RadioSelect,
            )

    def answers(self) -> dict[int, int]:
        """The chosen option of each question."""
        return {q.pk: self.cleaned_data[f"question_{q.pk}"] for q in self.questions}
