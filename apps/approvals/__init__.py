"""Approval of documents: rules, requests, steps and decisions, for any kind."""
