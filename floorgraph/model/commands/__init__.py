"""Commands whose meaning does not depend on one vendor, one module per noun."""
