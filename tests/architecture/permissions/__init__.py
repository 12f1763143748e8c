"""The permission table, one module per app: see ../permission_table.py."""
