"""Look at the GPUs: what is there, whether it works, what is wrong, and whether it computes rightly."""
