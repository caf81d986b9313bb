"""CloudNest and its sister API for machines: nesting jobs, layouts, parts, plates and lasers under a quota.

Section numbers in this package are those of the vendor notes behind `docs/vendors/cloudnest.md`.
"""
