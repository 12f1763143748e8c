"""Proof that the product does what its documents say."""
