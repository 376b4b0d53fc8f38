"""Lock, build and understand Spack environments."""
