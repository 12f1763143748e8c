"""Tests of requisitions: services, policies, pages, back office, API."""
