"""Procurement: the ledger, conversion, orders and their interfaces."""
