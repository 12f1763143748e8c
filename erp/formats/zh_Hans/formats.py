"""Amounts are grouped by three digits, as invoices and banks in China write them."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
