"""Alerts: rules over the embedded store, incidents, and how people hear of them."""
