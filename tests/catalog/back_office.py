"""A browser of the back office, and the addresses of its pages."""

from typing import Any

from django.test import Client
from django.urls import reverse

from apps.accounts.models import User


def of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(model: str, name: str, *arguments: Any) -> str:
    return reverse(f"admin:catalog_{model}_{name}", args=arguments)
