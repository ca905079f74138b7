"""Support functions: whether some words bear out a claim, and how good each is at telling."""
