"""Tests of the Authentise adapter."""
