"""Checks a set of questions before anyone trusts its figures."""
