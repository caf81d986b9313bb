"""Authentise (Nautilus, "Flows"): the MES of additive shops with its printers, runs, pieces and material.

What is read from where, and why, is told in `docs/vendors/authentise.md`.
"""
