"""Live changes: what subscribers demand is polled, compared, journalled and delivered.

`subscriptions.engine.Engine` is the way in. Nothing here knows a vendor or GraphQL.
"""
