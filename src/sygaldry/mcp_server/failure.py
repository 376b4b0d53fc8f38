"""What a tool could not do, for the agent that called it."""


class ToolFailedError(Exception):
    """A tool could not do its work; its text is what the agent reads."""
