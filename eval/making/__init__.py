"""Proposes questions about a user's documents; a person accepts them one by one."""
