"""Pages about oneself: log-in, password, profile, standing in."""
