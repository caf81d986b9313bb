"""The peers that Floorgraph is measured against, the vendor that all of them ask, and what asks them."""
