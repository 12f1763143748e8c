"""Who pays: cost centres and projects."""
