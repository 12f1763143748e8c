"""What strangers may know: whether the product works, since when it does not, and what is said."""
