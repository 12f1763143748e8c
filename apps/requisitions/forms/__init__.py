"""What people fill in: the header as a form, the lines as a grid."""

from apps.requisitions.forms.grid import Grid
from apps.requisitions.forms.header import HeaderForm
from apps.requisitions.forms.paste import pasted_rows

__all__ = ["Grid", "HeaderForm", "pasted_rows"]
