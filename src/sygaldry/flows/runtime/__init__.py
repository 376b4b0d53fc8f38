"""Choose a runtime and ask its engine."""
