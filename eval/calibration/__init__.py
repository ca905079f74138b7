"""Fits when to refuse on labelled questions."""
