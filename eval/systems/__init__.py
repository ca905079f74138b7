"""The systems that can be evaluated, ours and others, behind one form of response."""
