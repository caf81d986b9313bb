"""From CWork's payloads to unified records: pure functions, one module per noun.

What a payload means stands in the vendor's document "CWork API"; the words
chosen for it in `docs/vendors/cwork.md`. Every record keeps its payload.
"""
