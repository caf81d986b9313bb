"""CWork by smcom: machine data, programs and orders of CNC machines over the CWork API 1.0 to 1.16.

`manifest` registers the vendor, `source` is the adapter, `mapping` turns
payloads into records. `docs/vendors/cwork.md` says what is read from where.
"""
