"""Helpers of the Makefile; the product never imports them."""
