"""What approvers type: a decision, a question, whom to give it to. Services check the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.approvals.models import ApprovalAssignment
from apps.approvals.services.texts import LONGEST
from apps.approvals.states import Verdict
from apps.common.errors import DomainError


def refuse(form: forms.BaseForm, error: DomainError) -> None:
    """Show what a service refused beside the field it is about."""
    for name, texts in error.errors.items():
        form.add_error(name if name in form.fields else None, [str(text) for text in texts])
    if not error.errors:
        form.add_error(None, str(error))


def _text(label: Any, *, required: bool = True, rows: int = 3) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows, "maxlength": LONGEST})
    return forms.CharField(label=label, required=required, max_length=LONGEST, widget=area)


class DecisionForm(forms.Form):
    """The verdict is the button that was pressed."""

    comment = _text(_("comment"), required=False)
    rejected_lines = forms.TypedMultipleChoiceField(
        label=_("lines to reject"), required=False, coerce=int
    )
    decision = forms.ChoiceField(choices=Verdict.choices)
    content_hash = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, lines: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["rejected_lines"]
        field.choices = [(number, str(number)) for number in lines]


class QuestionForm(forms.Form):
    """A question to those who asked."""

    question = _text(_("question"), rows=2)


class AnswerForm(forms.Form):
    """The answer to it."""

    answer = _text(_("answer"))


class ReassignForm(forms.Form):
    """Whom to give the decision to, and why."""

    assignment = forms.TypedChoiceField(label=_("instead of"), coerce=int)
    to = forms.CharField(
        label=_("colleague (log-in name)"),
        max_length=150,
        widget=forms.TextInput(attrs={"list": "colleagues", "autocomplete": "off"}),
    )
    comment = _text(_("reason"), rows=2)

    def __init__(
        self, *args: Any, assignments: Sequence[ApprovalAssignment], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["assignment"]
        field.choices = [(row.pk, f"{row} ({row.why})") for row in assignments]
        if len(assignments) == 1:
            field.initial = assignments[0].pk
            field.widget = forms.HiddenInput()

    def clean_to(self) -> User:
        """Somebody who works here."""
        name = self.cleaned_data["to"].strip()
        person: User | None = User.objects.active().filter(username=name).first()
        if person is None:
            raise forms.ValidationError(_("There is nobody with this log-in name."))
        return person
