"""The catalogue: every box of the readiness document with the checks that tick it."""

from apps.operations.readiness.catalogue.infrastructure import BACKEND, DATABASE, FRONTEND
from apps.operations.readiness.catalogue.lines import COMPONENTS, Component, Line, Section
from apps.operations.readiness.catalogue.people import PROCEDURES, SUPPORT, TRAINING
from apps.operations.readiness.catalogue.performance import BENCHMARKS, MONITORING
from apps.operations.readiness.catalogue.security import ACCESS, DATA

SECTIONS: tuple[Section, ...] = (
    *(BACKEND, FRONTEND, DATABASE, ACCESS, DATA, BENCHMARKS, MONITORING),
    *(TRAINING, SUPPORT, PROCEDURES),
)

__all__ = ["COMPONENTS", "SECTIONS", "Component", "Line", "Section"]
