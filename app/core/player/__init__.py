"""Auditioning: one sample at a time to the speakers, at once and without clicks."""
