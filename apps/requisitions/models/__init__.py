"""Requisitions: what somebody asks for, line by line."""

from apps.requisitions.models.header import Requisition, Watcher
from apps.requisitions.models.lines import RequisitionLine

__all__ = ["Requisition", "RequisitionLine", "Watcher"]
