"""The lock of a whole project: everything that an environment is made of, by digest, in one file."""
