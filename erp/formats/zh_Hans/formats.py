"""Amounts are grouped by three digits, as invoices and banks in China write them.

Dates in tables are short, as in the ledgers people are used to; in sentences they stay in words.
"""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
SHORT_DATE_FORMAT = "Y-m-d"
SHORT_DATETIME_FORMAT = "Y-m-d H:i"
MONTH_DAY_FORMAT = "n月j日"
