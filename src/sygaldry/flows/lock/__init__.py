"""Lock a project: gather what its environment is made of, write it down, and compare it."""
