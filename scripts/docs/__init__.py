"""The documentation: what it takes from the code, and the site that is built from it.

`python -m scripts.docs write` fills in the parts of `docs/*.md` that the code knows better,
`python -m scripts.docs site` builds the site.
"""
