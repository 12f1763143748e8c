"""Workbooks made by hand, part by part, for what no writer would write."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

SHARED = Path(settings.BASE_DIR).parent / "shared" / "data"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def sheet(rows: str, after: str = "", before: str = "") -> str:
    return f"<worksheet>{before}<sheetData>{rows}</sheetData>{after}</worksheet>"


def row(number: int, *cells: str, attributes: str = "") -> str:
    return f'<row r="{number}" {attributes}>{"".join(cells)}</row>'


def text(reference: str, value: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c>'


def number(reference: str, value: str, style: int = 0) -> str:
    return f'<c r="{reference}" s="{style}"><v>{value}</v></c>'


HEADER = row(1, text("A1", "item"), text("B1", "qty"))


def styles(*codes: str) -> str:
    formats = "".join(
        f'<numFmt numFmtId="{164 + at}" formatCode="{code}"/>' for at, code in enumerate(codes)
    )
    used = "".join(f'<xf numFmtId="{164 + at}"/>' for at in range(len(codes)))
    return f"<styleSheet><numFmts>{formats}</numFmts><cellXfs><xf/>{used}</cellXfs></styleSheet>"


def book(
    sheets: Mapping[str, str | bytes],
    *,
    kinds: dict[str, str] | None = None,
    states: dict[str, str] | None = None,
    parts: dict[str, str] | None = None,
    properties: str = "",
) -> io.BytesIO:
    """Pack sheets (name to XML) and further parts (`styles.xml`, `sharedStrings.xml`)."""
    parts = parts or {}
    states = states or {}
    kinds = kinds or {}
    listed, related = "", ""
    for at, name in enumerate(sheets, start=1):
        listed += f'<sheet name="{name}" state="{states.get(name, "visible")}" r:id="r{at}"/>'
        kind = kinds.get(name, "worksheet")
        related += _relation(f"r{at}", kind, f"worksheets/sheet{at}.xml")
    for name in parts:
        kind = name.removesuffix(".xml")
        related += _relation(kind, kind, name)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "_rels/.rels", _relations(_relation("w", "officeDocument", "xl/workbook.xml"))
        )
        archive.writestr("xl/_rels/workbook.xml.rels", _relations(related))
        head = f'<workbook xmlns:r="{OFFICE}"><workbookPr {properties}/>'
        archive.writestr("xl/workbook.xml", f"{head}<sheets>{listed}</sheets></workbook>")
        for at, xml in enumerate(sheets.values(), start=1):
            archive.writestr(f"xl/worksheets/sheet{at}.xml", xml)
        for name, xml in parts.items():
            archive.writestr(f"xl/{name}", xml)
    packed.seek(0)
    return packed


def _relation(key: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>'


def _relations(inner: str) -> str:
    return f"<Relationships>{inner}</Relationships>"
