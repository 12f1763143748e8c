"""What the pages about people have in common: services decide, and what they refuse is shown."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from apps.common.admin import ERPModelAdmin
from apps.common.errors import DomainError


class ServiceAdmin(ERPModelAdmin):
    """Saves through services. Forms know who is asking, so that they refuse before a service does.

    What only the service could see, under its locks, comes back as a message, with nothing saved.
    """

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:  # type: ignore[override]  # `change` is among the keywords
        """The form, told who is asking."""
        form: Any = super().get_form(request, obj, **kwargs)
        form.asker = request.user
        return form

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what a service refused; its transaction is taken back."""
        try:
            response: HttpResponse = super().changeform_view(request, *args, **kwargs)
        except (DomainError, ValidationError) as error:
            texts = error.messages if isinstance(error, ValidationError) else [str(error)]
            for text in texts:
                self.message_user(request, text, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        return response


def adopt(obj: Any, saved: Any) -> None:
    """Let the page go on with what the service saved."""
    obj.__dict__.update(saved.__dict__)
