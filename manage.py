#!/usr/bin/env python
"""Run the project's commands."""

import os
import sys

from django.core.management import execute_from_command_line

from apps.common.stack import with_room

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")
    with_room(execute_from_command_line)(sys.argv)
