"""The API of cost centres and projects."""
