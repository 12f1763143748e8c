"""Tests of what surrounds the apps: headers, sessions, set-up."""
