"""Pages and downloads that belong to no single app."""
