"""Measurements of the product on one machine; run by `make bench`."""
