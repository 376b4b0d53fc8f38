"""The dashboard: pages over the ledgers of all projects of a storage root, read from the files.

There is no database and no daemon. A page is a file in `pages/` that exports `PAGE`; templates and styles are beside
it. The packages of the extra `web` are imported only from here, and this package only by its verb.
"""
