"""Hand jobs to a scheduler: submit, cancel."""
