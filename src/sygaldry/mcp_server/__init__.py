"""The MCP server: jobs, environments and the machine as tools for coding agents, over stdio or streamable HTTP.

Each file in `tools/` is one tool and exports `TOOL`; `resources.py` has what can be read. The official SDK is imported
only here. Every answer is text within the token budget that its tool states.
"""
