"""Time and memory: large tables stream, oversized and hostile ones are refused early."""

import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.common.tabular.books import SHARED, book, sheet

# Run apart, so that the memory measured is that of one reading; limits are those of the product.
# Time is the processor's, in what it needs for two million additions: seconds would say as much
# about the machine and its neighbours as about the reading.
MEASURE = """
import sys, time
from pathlib import Path
import django
from django.conf import settings
settings.configure(USE_I18N=False)
django.setup()
from apps.common.tabular import TableError, read_table

def additions():
    start, whole = time.process_time(), 0
    for number in range(2_000_000):
        whole += number
    return time.process_time() - start

def resident():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024

unit = additions()
before, start, rows = resident(), time.process_time(), 0
try:
    for row in read_table(Path(sys.argv[1])):
        rows += 1
    outcome = str(rows)
except TableError as error:
    outcome = error.code
worked, grown = time.process_time() - start, resident() - before
print(outcome, round(2 * worked / (unit + additions()), 1), grown)
"""

A_SECOND = 10  # in such units, where additions go quickly
pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="memory is measured through /proc"
)


def measure(path: Path) -> tuple[str, float, int]:
    """Return the outcome, the work in units of it, and the growth of memory in MB."""
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True
    )
    outcome, work, growth = ran.stdout.split()
    return outcome, float(work), int(growth)


def test_real_orders_are_read_in_a_second() -> None:
    path = SHARED / "usaid-scms-po" / "scms_delivery_history.csv"
    if not path.exists():
        pytest.skip("the shared order history is not on this machine")

    outcome, work, growth = measure(path)

    assert outcome == "8340"
    assert work < A_SECOND
    assert growth < 60


def test_large_csv_is_streamed(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("w") as target:
        target.write(",".join(f"c{at}" for at in range(20)) + "\n")
        target.writelines(f"{row}," * 19 + "x\n" for row in range(100_000))

    outcome, _work, growth = measure(path)

    assert outcome == "100000"
    assert growth < 40


def cells_of(rows: int) -> str:
    draw = random.Random(1)  # noqa: S311  # not a secret
    return "".join(
        f'<row r="{row}"><c r="A{row}"><v>{draw.randrange(10**9)}</v></c></row>'
        for row in range(2, rows + 2)
    )


HEAD = '<row r="1"><c r="A1" t="str"><v>n</v></c></row>'


def test_large_workbook_is_streamed(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    path.write_bytes(book({"S": sheet(HEAD + cells_of(100_000))}).getvalue())

    outcome, _work, growth = measure(path)

    assert outcome == "100000"
    assert growth < 60


def random_texts(count: int) -> str:
    draw = random.Random(2)  # noqa: S311  # not a secret
    return "".join(f"<si><t>{draw.randrange(10**12)}</t></si>" for _ in range(count))


@pytest.mark.parametrize(
    "kind", ["million.csv", "million.xlsx", "texts.xlsx", "cell.xlsx", "tag.xlsx"]
)
def test_oversized_tables_are_refused_early(kind: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    noise = random.Random(3).randbytes(4_000_000).hex()  # noqa: S311  # the same
    refused: dict[str, Callable[[], tuple[bytes, str]]] = {
        "million.csv": lambda: (b"n\n" + b"1\n" * 1_000_000, "too_many_rows"),
        "million.xlsx": lambda: (
            book({"S": sheet(HEAD + cells_of(10_000) * 100)}).getvalue(),
            "too_many_rows",
        ),
        "texts.xlsx": lambda: (
            book(
                {"S": sheet(HEAD)},
                parts={"sharedStrings.xml": f"<sst>{random_texts(20_000) * 40}</sst>"},
            ).getvalue(),
            "broken_workbook",
        ),
        "cell.xlsx": lambda: (
            book(
                {"S": sheet(f'{HEAD}<row r="2"><c r="A2" t="str"><v>{noise}</v></c></row>')}
            ).getvalue(),
            "value_too_long",
        ),
        "tag.xlsx": lambda: (
            book({"S": sheet(f'{HEAD}<row r="2" x="{noise}"/>')}).getvalue(),
            "broken_workbook",
        ),
    }
    content, code = refused[kind]()
    path.write_bytes(content)

    outcome, work, growth = measure(path)

    assert outcome == code
    assert work < 2 * A_SECOND
    assert growth < 100


def test_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member,
    ):
        member.writelines(b" " * 2**20 for _ in range(300))

    outcome, work, growth = measure(path)

    assert outcome == "unpacks_too_large"
    assert work < A_SECOND
    assert growth < 20
