"""Files on documents: what is taken in, what is refused, who gets them, and by which one door."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.audit.models import Entry
from apps.common.errors import InvalidInputError, NotPermittedError
from apps.common.models import Attachment
from apps.common.services import attachments
from apps.requisitions import services
from apps.requisitions.models import Requisition
from apps.requisitions.states import Status
from tests.factories import make_user
from tests.requisitions.factories import Company

DATA = Path(settings.BASE_DIR).parent / "shared" / "data" / "adversarial"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n%%EOF\n"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\x00IEND\xaeB`\x82"
)
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
XML = b'<?xml version="1.0"?><note/>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + b"\x00" * 100


def archive(**parts: str) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as made:
        for name, text in parts.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return body.getvalue()


DOCX = archive(word__document_xml="<w/>")
XLSX = archive(xl__workbook_xml="<w/>")


def str_or_length(value: Any) -> str:
    """A name of a case that is the same in every run; the bytes of archives carry the time."""
    return f"{len(value)}-bytes" if isinstance(value, bytes) else str(value)


@pytest.fixture
def requisition(company: Company) -> Requisition:
    return company.requisition()


def upload(name: str, content: bytes = PDF) -> SimpleUploadedFile:
    made = SimpleUploadedFile(name or "x", content, "text/html")  # what a browser says is not asked
    made._name = name
    return made


def received(answer: Any) -> bytes:
    """The bytes of a download; reading to the end closes the file."""
    return b"".join(answer.streaming_content)


def refused(requisition: Requisition, name: str, content: bytes) -> str:
    """The code of a refusal that must leave nothing behind."""
    with pytest.raises(InvalidInputError) as error:
        attachments.attach(requisition, upload=upload(name, content), by=requisition.requester)
    assert not Attachment.objects.exists()
    assert not Entry.objects.filter(event="attachment.added").exists()
    return error.value.code


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    ids=str_or_length,
    argvalues=[
        ("quotation.pdf", PDF, "application/pdf"),
        ("QUOTATION.PDF", PDF, "application/pdf"),
        ("picture.png", PNG, "image/png"),
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\x00" * 50, "image/jpeg"),
        ("photo.jpeg", b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00" + b"\x00" * 50, "image/jpeg"),
        ("moving.gif", b"GIF89a\x01\x00\x01\x00" + b"\x00" * 30, "image/gif"),
        ("list.csv", "物料,数量\nPEN,3\n".encode(), "text/csv"),
        ("list.csv", "物料,数量\nPEN,3\n".encode("gb18030"), "text/csv"),
        ("list.csv", "\ufeffa,b\n".encode(), "text/csv"),
        ("notes.txt", "a\tb".encode("utf-16"), "text/plain"),
        ("part.step", b"ISO-10303-21;\nHEADER;\n", "model/step"),
        (
            "letter.docx",
            DOCX,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("sheet.xlsx", XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("all.zip", archive(a="b"), "application/zip"),
        (
            "old.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
            "application/vnd.ms-excel",
        ),
    ],
)
def test_content_decides_the_type(
    requisition: Requisition, name: str, content: bytes, media_type: str
) -> None:
    made = attachments.attach(requisition, upload=upload(name, content), by=requisition.requester)

    assert made.media_type == media_type
    assert made.sha256 == hashlib.sha256(content).hexdigest()
    assert made.size == len(content)
    assert name not in made.file.name
    assert len(made.file.name.rsplit("/", 1)[-1]) == 40
    with attachments.open_attachment(made.pk, by=requisition.requester).stream as stored:
        assert stored.read() == content


@pytest.mark.parametrize(
    ("name", "content", "code"),
    ids=str_or_length,
    argvalues=[
        ("page.html", HTML, "file_type_not_allowed"),
        ("drawing.svg", SVG, "file_type_not_allowed"),
        ("data.xml", XML, "file_type_not_allowed"),
        ("tool.exe", EXE, "file_type_not_allowed"),
        ("x.pdf.exe", PDF, "file_type_not_allowed"),
        (".htaccess", b"x", "file_type_not_allowed"),
        ("no-ending", PDF, "file_type_not_allowed"),
        ("macro.xlsm", XLSX, "file_type_not_allowed"),
        ("page.pdf", HTML, "file_content_mismatch"),
        ("drawing.png", SVG, "file_content_mismatch"),
        ("page.txt", HTML, "file_content_mismatch"),
        ("page.csv", b"  \n" + HTML, "file_content_mismatch"),
        ("page.csv", b"\xef\xbb\xbf" + HTML, "file_content_mismatch"),
        ("page.txt", HTML.decode().encode("utf-16"), "file_content_mismatch"),
        ("drawing.txt", SVG, "file_content_mismatch"),
        ("data.csv", XML, "file_content_mismatch"),
        ("tool.txt", EXE, "file_content_mismatch"),
        ("tool.pdf", EXE, "file_content_mismatch"),
        ("picture.pdf", PNG, "file_content_mismatch"),
        ("picture.jpg", PNG, "file_content_mismatch"),
        ("letter.xlsx", DOCX, "file_content_mismatch"),
        ("letter.docx", archive(a="b"), "file_content_mismatch"),
        ("letter.docx", DOCX[:40], "file_content_mismatch"),
        ("late.pdf", b"\n\n" + HTML + PDF, "file_content_mismatch"),
        ("both.png", PNG + archive(a="b"), "file_polyglot"),
        ("both.png", PNG + b"\x01" * 600 + HTML, "file_polyglot"),
        ("both.gif", b"GIF89a/*" + b"\x01" * 600 + b"*/=1;<SCRIPT>x</script>", "file_polyglot"),
        ("both.pdf", PDF + archive(a="b"), "file_polyglot"),
        ("empty.pdf", b"", "file_empty"),
    ],
)
def test_what_is_not_taken_in(
    requisition: Requisition, name: str, content: bytes, code: str
) -> None:
    assert refused(requisition, name, content) == code


def test_a_file_that_is_too_large(requisition: Requisition, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024

    assert refused(requisition, "large.pdf", PDF + b"\x00" * 1024 * 1024) == "file_too_large"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("报价单.pdf", "报价单.pdf"),
        ("报价单（最终版）(1).xlsx", "报价单（最终版）(1).xlsx"),
        ("../../etc/x.pdf", "x.pdf"),
        ("..\\..\\x.pdf", "x.pdf"),
        ("/etc/x.pdf", "x.pdf"),
        ("a/b.pdf", "b.pdf"),
        ("x.pdf\u202efdp.exe", "x.pdffdp.exe"),
        ("x\x00.pdf", "x.pdf"),
        ("x\r\nSet-Cookie: a=b.pdf", "x Set-Cookie a=b.pdf"),
        ("CON.csv", "_CON.csv"),
        ("x<b>.pdf", "xb.pdf"),
        ('x".pdf', "x.pdf"),
        ("..", "file"),
        ("", "file"),
        ("\u200b", "file"),
        ("x%2e%2e%2fy.pdf", "x%2e%2e%2fy.pdf"),
        ("é.pdf", "é.pdf"),
        (" .pdf", "pdf"),
    ],
)
def test_names_are_only_shown(given: str, shown: str) -> None:
    assert attachments.shown_name(given) == shown


def test_a_long_name_keeps_its_ending() -> None:
    shown = attachments.shown_name("长" * 400 + ".pdf")

    assert len(shown) == attachments.LONGEST_NAME
    assert shown.endswith(".pdf")


def test_hostile_names_from_the_collection(requisition: Requisition) -> None:
    listed = DATA / "strings" / "filenames.txt"
    if not listed.exists():
        pytest.skip("the collection of hostile names is not on this machine")
    browser = Client()
    browser.force_login(requisition.requester)
    for name in listed.read_text("utf-8").splitlines():
        shown = attachments.shown_name(name)
        assert shown
        assert len(shown) <= attachments.LONGEST_NAME
        assert not set(shown) & set('/\\<>"\r\n\x00')
        if not shown.lower().endswith(".pdf"):
            continue
        made = attachments.attach(requisition, upload=upload(name), by=requisition.requester)
        answer = browser.get(reverse("common:download", args=[made.pk]))
        assert answer["Content-Disposition"].startswith("attachment")
        assert received(answer) == PDF
        Attachment.objects.all().delete()


@pytest.mark.parametrize(
    ("path", "is_taken"),
    [
        ("zip/bomb_100MB.zip", True),
        ("zip/many_entries_20k.zip", True),
        ("zip/zip_slip.zip", True),
        ("zip/svg_script.svg", False),
        ("zip/png_20000x20000_1bit.png", True),
        ("pdf/gen_pdf_zip_polyglot.pdf", False),
        ("pdf/gen_empty.pdf", False),
        ("pdf/pk_small.pdf", True),
        ("pdf/gen_js_openaction.pdf", True),
        ("xlsx/gen_html_as.xls", False),
        ("xlsx/gen_csv_as.xlsx", False),
        ("xlsx/gen_truncated.xlsx", False),
        ("xlsx/gen_sheet_bomb_100MB.xlsx", True),
        ("xlsx/hyperlinks.xlsm", False),
        ("xml/xmlbomb.xml", False),
    ],
)
def test_adversarial_files_are_refused_or_just_stored(
    requisition: Requisition, path: str, is_taken: bool
) -> None:
    file = DATA / path
    if not file.exists():
        pytest.skip("the adversarial files are not on this machine")

    try:
        attachments.attach(
            requisition, upload=upload(file.name, file.read_bytes()), by=requisition.requester
        )
    except InvalidInputError:
        assert not is_taken
    else:
        assert is_taken


# ---------------------------------------------------------------- who may
@pytest.mark.parametrize("status", [Status.PENDING_APPROVAL, Status.APPROVED, Status.CLOSED])
def test_files_stay_as_they_were_approved(company: Company, status: Status) -> None:
    requisition = company.requisition()
    made = attachments.attach(requisition, upload=upload("a.pdf"), by=company.requester)
    for move, who in {"submit": "requester", "approve": "head", "close": "requester"}.items():
        if requisition.status != status:
            requisition = services.SERVICES[move](
                requisition, by=getattr(company, who), comment="because"
            )

    with pytest.raises(NotPermittedError):
        attachments.attach(requisition, upload=upload("b.pdf"), by=company.requester)
    with pytest.raises(NotPermittedError):
        attachments.remove(made, by=company.requester)

    assert list(attachments.of(requisition)) == [made]


@pytest.mark.parametrize("who", ["colleague", "head", "buyer"])
def test_nobody_else_adds_or_removes(company: Company, who: str) -> None:
    requisition = company.requisition()
    made = attachments.attach(requisition, upload=upload("a.pdf"), by=company.requester)

    with pytest.raises(NotPermittedError):
        attachments.attach(requisition, upload=upload("b.pdf"), by=getattr(company, who))
    with pytest.raises(NotPermittedError):
        attachments.remove(made, by=getattr(company, who))

    assert list(attachments.of(requisition)) == [made]


def test_only_those_who_see_the_document_get_the_file(company: Company) -> None:
    requisition = company.requisition()
    made = attachments.attach(requisition, upload=upload("a.pdf"), by=company.requester)
    address = reverse("common:download", args=[made.pk])
    strangers = (company.colleague, company.head, make_user(None, "ops"))
    for person in strangers:
        browser = Client()
        browser.force_login(person)
        assert browser.get(address).status_code == 404
        with pytest.raises(Attachment.DoesNotExist):
            attachments.open_attachment(made.pk, by=person)
    assert Client().get(address).status_code == 302
    auditor = Client()
    auditor.force_login(make_user(None, "auditor"))
    assert received(auditor.get(address)) == PDF


def test_a_download_is_never_a_page(company: Company, requisition: Requisition) -> None:
    made = attachments.attach(requisition, upload=upload("报价单.pdf"), by=company.requester)
    browser = Client()
    browser.force_login(company.requester)

    answer = browser.get(reverse("common:download", args=[made.pk]))

    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "private, no-store"
    assert received(answer) == PDF
    assert browser.post(reverse("common:download", args=[made.pk])).status_code == 405


def test_what_was_removed_is_gone_but_known(company: Company, requisition: Requisition) -> None:
    made = attachments.attach(requisition, upload=upload("a.pdf"), by=company.requester)

    attachments.remove(made, by=company.requester)

    assert not attachments.of(requisition).exists()
    with pytest.raises(Attachment.DoesNotExist):
        attachments.open_attachment(made.pk, by=company.requester)
    assert Entry.objects.filter(event="attachment.removed", comment="a.pdf").count() == 1
    assert made.file.storage.exists(made.file.name)


def test_files_are_part_of_what_is_approved(company: Company, requisition: Requisition) -> None:
    before = services.content(requisition)

    attachments.attach(requisition, upload=upload("a.pdf"), by=company.requester)

    assert services.content(requisition) != before


def test_no_more_files_than_a_document_takes(
    company: Company, requisition: Requisition, monkeypatch: Any
) -> None:
    monkeypatch.setattr(attachments, "MOST_PER_DOCUMENT", 2)
    for name in ("a.pdf", "b.pdf"):
        attachments.attach(requisition, upload=upload(name), by=company.requester)

    with pytest.raises(InvalidInputError):
        attachments.attach(requisition, upload=upload("c.pdf"), by=company.requester)

    assert attachments.of(requisition).count() == 2


def test_a_carried_over_file_shares_its_bytes(company: Company, requisition: Requisition) -> None:
    made = attachments.attach(requisition, upload=upload("a.pdf"), by=company.requester)
    other = company.requisition()

    (copied,) = attachments.carry_over(requisition, other, by=company.requester)

    assert copied.file.name == made.file.name
    with attachments.open_attachment(copied.pk, by=company.requester).stream as stored:
        assert stored.read() == PDF
