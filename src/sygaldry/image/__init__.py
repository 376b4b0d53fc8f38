"""The image as a value: its inputs, its key, and the reasons why an existing image is stale."""
