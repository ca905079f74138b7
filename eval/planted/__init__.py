"""Planted errors: sentences of a corpus with one thing changed, and how many of them the verifier notices."""
