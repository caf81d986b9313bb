"""The GraphQL schema: one module per noun. Thin; what fields do is in the resolvers."""
