"""Build an environment over the nodes of a cluster: a job a package, and one coordinator that submits them."""
