"""Template filters of operation."""
