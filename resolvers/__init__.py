"""Resolvers: what each relation and root field does, per noun. No GraphQL types here."""
