"""Work of the accounts that waits for a commit: mail."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from apps.accounts.models import User


@task
def mail_password_link(user_pk: int) -> None:
    """Mail somebody the link by which they choose their own password, in their language."""
    person = User.objects.filter(pk=user_pk, is_active=True).first()
    if person is None or not person.email:
        return
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    token = default_token_generator.make_token(person)
    with translation.override(person.language):
        path = reverse("password_reset_confirm", kwargs={"uidb64": uid, "token": token})
        hours = settings.PASSWORD_RESET_TIMEOUT // 3600
        body = render_to_string(
            "accounts/mail/password_link.txt",
            {"person": person, "link": f"{settings.BASE_URL}{path}", "hours": hours},
        )
        send_mail(str(_("Choose your password")), body, settings.DEFAULT_FROM_EMAIL, [person.email])
