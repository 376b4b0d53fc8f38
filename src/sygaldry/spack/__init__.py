"""Spack environments as values: manifest, lock, graph, differences, commands, database, build caches.

Nothing here runs Spack or reads a file: texts come in, values and Commands go out. The lock's format is Spack 1.1's:
https://spack.readthedocs.io/en/v1.1.0/environments.html
"""
