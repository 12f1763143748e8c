"""The help centre's pages."""
