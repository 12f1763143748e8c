"""The help desk in the back office."""

from apps.support.admin import desk as desk  # registers itself
from apps.support.admin import issues as issues
from apps.support.admin import rota as rota
from apps.support.admin import training as training
from apps.support.admin import voices as voices
