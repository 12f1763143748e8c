"""The certificate in the back office: shown to signatories, signed by a button, given as a file."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client
from django.urls import reverse

from apps.operations.models import Release, ReleaseSignature, Role, Signatory
from apps.operations.readiness import pdf, releases, shown
from apps.operations.readiness.findings import Result
from tests.factories import make_user
from tests.operations.readiness.conftest import evidence, reported, sign_all

pytestmark = pytest.mark.django_db
PRODUCT = Role.STAKEHOLDER_PRODUCT.value
LIST = "admin:operations_release_changelist"


def office(person):
    client = Client()
    client.force_login(person)
    return client


def page_of(release):
    return reverse("admin:operations_release_change", args=[release.pk])


def press(client, release, role, **more):
    data = {
        "CHANGE_FORM-action": f"move_sign_{role}",
        ACTION_CHECKBOX_NAME: str(release.pk),
        "_version": str(release.version),
        **more,
    }
    return client.post(page_of(release), data)


def test_signatory_reads_and_signs(release, signers):
    client = office(signers[PRODUCT])
    page = client.get(page_of(release)).content.decode()
    assert release.evidence_hash in page
    assert f'value="move_sign_{PRODUCT}"' in page
    assert "move_sign_stakeholder_quality" not in page
    assert "move_withdraw" not in page

    asked = press(client, release, PRODUCT)
    assert asked.status_code == 200
    assert ReleaseSignature.objects.count() == 0
    # What the browser sends is what the page that asks holds.
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', asked.text)
    fields = {name: [v for n, v in hidden if n == name] for name, _value in hidden}
    done = client.post(page_of(release), {**fields, "comment": "Read."})
    assert done.status_code == 302, done.content[:500]

    given = ReleaseSignature.objects.get()
    assert (given.person, given.comment) == (signers[PRODUCT], "Read.")
    again = client.get(page_of(release)).content.decode()
    assert "move_sign_" not in again
    assert str(signers[PRODUCT]) in again


@pytest.mark.parametrize("role", [Role.STAKEHOLDER_QUALITY.value, "withdraw"])
def test_button_that_was_not_offered(release, signers, role):
    press(office(signers[PRODUCT]), release, role, move_confirmed="1")

    assert ReleaseSignature.objects.count() == 0
    assert Release.objects.get(pk=release.pk).status == "open"


def test_stranger_sees_nothing(release):
    stranger = office(make_user("buyer", "procurement", is_staff=True))

    for address in (reverse(LIST), page_of(release), f"{page_of(release)[:-7]}pdf/"):
        assert stranger.get(address).status_code == 403


def test_page_costs_the_same_with_one_and_twelve(release, signers, django_assert_max_num_queries):
    client = office(signers[PRODUCT])
    signed = releases.sign(release, PRODUCT, by=signers[PRODUCT])
    with django_assert_max_num_queries(25) as one:
        client.get(page_of(release))
    sign_all(signed, {role: who for role, who in signers.items() if role != PRODUCT})

    with django_assert_max_num_queries(25) as twelve:
        client.get(page_of(release))

    # A certified release offers nothing more, so nobody asks what else could be signed.
    assert len(twelve) <= len(one)


def test_page_in_chinese_and_its_evidence(signers):
    run = reported(one=(1, 0, 0))
    said = evidence(first=Result.UNKNOWN)
    said["lines"][0]["records"] = [f"evidencerun/{run.pk}"]
    release = releases.record(said)
    client = office(signers[PRODUCT])

    page = client.get(page_of(release), headers={"Accept-Language": "zh-hans"}).content.decode()

    assert reverse("admin:operations_evidencerun_change", args=[run.pk]) in page
    assert ("未就绪" in page) or ("NOT READY" in page)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pdf(release, signers, language):
    made = pdf.certificate(release.evidence, sign_all(release, signers), language)

    assert made.content.startswith(b"%PDF-")
    assert made.warnings == ()
    assert 20_000 < len(made.content) < 500_000


def test_pdf_without_a_chinese_font_says_so(release, settings, tmp_path):
    settings.BASE_DIR = tmp_path

    made = pdf.certificate(release.evidence, release, "zh-hans")

    assert "fonts/" in made.warnings[0]
    assert made.content.startswith(b"%PDF-")


def test_pdf_from_the_page(release, signers):
    answer = office(signers[PRODUCT]).get(
        reverse("admin:operations_release_pdf", args=[release.pk])
    )

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_certificate_says_who_signed(release, signers):
    found = shown.certificate(release.evidence, sign_all(release, signers))

    assert [len(seats) for _name, seats in found.circles] == [6, 6]
    assert all(seat.person and seat.signed for _name, seats in found.circles for seat in seats)
    assert (found.standing, found.tone, found.open) == ("Valid", "success", "")


def test_administrator_names_who_may_sign():
    client = office(make_user("boss", "admin", is_staff=True))
    person = make_user("lead", is_staff=True)

    client.post(reverse("admin:operations_signatory_add"), {"role": PRODUCT, "person": person.pk})
    outsider = make_user("engineer", "engineer")
    refused = client.post(
        reverse("admin:operations_signatory_add"), {"role": PRODUCT, "person": outsider.pk}
    )

    assert [(row.role, row.person) for row in Signatory.objects.all()] == [(PRODUCT, person)]
    assert "back office" in refused.content.decode()
