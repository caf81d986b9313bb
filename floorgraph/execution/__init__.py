"""Runs queries level by level: a plan from the document, code from the plan. See docs/execution.md."""
