"""Tests of the application around the API."""
