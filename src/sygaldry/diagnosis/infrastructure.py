"""Terraform, Ansible, Helm and Kubernetes, Packer, Nix."""

from typing import Final

from sygaldry.diagnosis import Explanation, Family, Hit, Kind, Rule, Window


def _explains(hit: Hit, window: Window) -> Explanation | None:
    """Terraform draws a frame; what matters in it is the message, the place and the last sentence."""
    text = hit.line.text.lstrip("│ ╷")
    if not text.startswith("Error: "):
        return Explanation((hit.line,))
    framed = [line for line in window.lines[window.index + 1 : window.index + 14] if line.text.strip("│╵╷ ")]
    place = [line for line in framed if " on " in line.text and " line " in line.text][:1]
    details = [line for line in framed if line not in place and "with " not in line.text[:12]][:3]
    return Explanation((hit.line, *place, *details))


FAMILY: Final = Family(
    "Terraform, Ansible, Kubernetes",
    (
        Rule(
            "error: ",
            r"^│ Error: (?P<what>.{3,300})",
            82,
            "{what}",
        ),
        Rule(
            "fatal: [",
            r"^fatal: \[(?P<where>[^\]]{1,100})\]: (?:FAILED!|UNREACHABLE!) ?(?:=> )?(?P<what>.{0,400})",
            85,
            "Ansible fails on {where}",
            before=0,
        ),
        Rule(
            "unreachable!",
            r"^(?:fatal: )?\[?(?P<where>[^\]]{1,100})\]?: UNREACHABLE! (?P<what>.{0,300})",
            86,
            "Ansible cannot reach {where}",
            "",
            Kind.TRANSIENT,
        ),
        Rule("failed=", r"^\S{1,80}\s+: ok=\d+ .{0,80}(?:failed|unreachable)=[1-9]", 26),
        Rule("error! ", r"^ERROR! (?P<what>.{1,300})", 84, "Ansible: {what}", after=4),
        Rule("installation failed", r"Error: (?:INSTALLATION|UPGRADE) FAILED: (?P<what>.{1,300})", 86, "Helm: {what}"),
        Rule("error validating", r"(?P<what>error validating \S{1,100}: .{1,250})", 85, "the manifest is not valid"),
        Rule(
            "error from server",
            r"Error from server(?: \((?P<kind>\w+)\))?: (?P<what>.{1,300})",
            85,
            "Kubernetes: {what}",
        ),
        Rule(
            "crashloopbackoff",
            r"(?P<what>(?:CrashLoopBackOff|ImagePullBackOff|ErrImagePull|CreateContainerConfigError).{0,160})",
            80,
            "a pod does not start",
        ),
        Rule(
            "timed out waiting for the condition",
            r"timed out waiting for the condition(?P<what>.{0,120})",
            76,
            "Kubernetes did not get ready in time",
            "kubectl describe shows the reason",
            Kind.TRANSIENT,
        ),
        Rule(
            "error: builder for",
            r"error: builder for '(?P<what>[^']{1,200})' failed with exit code \d+",
            50,
            "the derivation {what} does not build",
            after=6,
        ),
        Rule(
            "error: attribute", r"error: attribute '(?P<what>[^']{1,80})' missing", 86, "there is no attribute {what}"
        ),
        Rule(
            "hash mismatch in fixed-output derivation",
            r"hash mismatch in fixed-output derivation '(?P<what>[^']{1,160})'",
            89,
            "a download is not what was pinned",
            after=2,
        ),
        Rule("undefined variable", r"error: undefined variable '(?P<what>[^']{1,80})'", 86, "{what} is not defined"),
    ),
    _explains,
)
