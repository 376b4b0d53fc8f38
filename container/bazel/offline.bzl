"""Builds without a network: Bazel 1 to 6 download these repositories at first use although they only forward names."""

def sygaldry_offline_rules(folder = "/opt/sygaldry/container/bazel/offline"):
    """Declare rules_cc, rules_java, rules_proto and a stand-in for the coverage tools, unless the workspace has its own.

    Args:
      folder: where these repositories are.
    """
    for name in ["rules_cc", "rules_java", "rules_proto", "remote_coverage_tools"]:
        if not native.existing_rule(name):
            native.local_repository(
                name = name,
                path = folder + "/" + name,
            )
