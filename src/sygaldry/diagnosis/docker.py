"""docker build, BuildKit, compose and the engine."""

from typing import Final

from sygaldry.diagnosis import Family, Kind, Rule

_GONE: Final = (
    r"(?:No such (?:container|image|network|volume): |network \S{1,100} not found$|get \S{1,100}: no such volume$)"
)
# A builder's own report that an instruction failed: what the instruction printed is the cause. The command is quoted in
# it, with all the words of the messages that the command may print.
_WRAPPERS: Final = (
    Rule("did not complete", r"\bprocess .{1,600} did not complete\b(?!.{0,80}: 137\b)", 38),
    Rule(
        "executor failed running",
        r"\bexecutor failed running \[.{1,600}\]: (?:exit code: (?!137\b)\d|runc did not terminate)",
        38,
    ),
    Rule("building at step", r"\b(?:error )?building at STEP \".{1,600}\": .{0,100}exit status (?!137\b)\d", 38),
    Rule("returned a non-zero code", r"The command '.{1,600}' returned a non-zero code: (?!137\b)\d", 38),
    Rule(
        ": 137",
        r"(?:did not complete successfully: exit code|executor failed running \[.{1,600}\]: exit code|returned a non-zero code|building at STEP \".{1,600}\": .{0,100}exit status): 137\b|building at STEP .{1,600}exit status 137\b",
        76,
        "a build step was killed (137), most likely out of memory",
        "give the engine more memory, or build with fewer jobs",
        Kind.RESOURCES,
    ),
    Rule("waiting for process to exit", r"failed to execute command: waiting for process to exit: exit status \d", 38),
    Rule("subprocess exited with status", r"^subprocess exited with status \d", 38),
)

FAMILY: Final = Family(
    "Docker",
    (
        Rule(
            "copy failed",
            r"(?P<what>(?:COPY|ADD) failed: .{1,300})",
            90,
            "the file to copy is not in the build context",
            "check the path against the context and .dockerignore",
        ),
        Rule(
            "failed to calculate checksum",
            r"failed to (?:compute cache key: )?(?:failed to )?calculate checksum of ref \S+: (?P<what>.{1,200})",
            86,
            "the file to copy is not in the build context: {what}",
            "check the path against the context and .dockerignore",
        ),
        Rule(
            "failed to compute cache key",
            r"failed to compute cache key: (?P<what>.{1,200})",
            84,
            "the file to copy is not in the build context: {what}",
            "check the path against the context and .dockerignore",
        ),
        Rule(
            "pull access denied",
            r"pull access denied for (?P<what>[\w./-]{1,120})",
            88,
            "the image {what} does not exist, or it requires a login",
            "check the name; docker login",
        ),
        Rule(
            "manifest",
            r"(?P<what>manifest (?:for \S{1,200} not found|unknown).{0,100})",
            88,
            "the image or tag does not exist",
            "check the tag and the platform",
        ),
        Rule(
            "no match for platform",
            r"no match(?:ing manifest)? for (?:platform )?(?P<what>.{1,80})",
            88,
            "the image does not exist for this platform",
        ),
        Rule(
            "toomanyrequests",
            r"toomanyrequests: (?P<what>.{1,200})",
            86,
            "the registry limits pulls",
            "log in, wait, or use a mirror",
            Kind.TRANSIENT,
        ),
        Rule(
            "dockerfile parse error",
            r"(?:[Dd]ockerfile parse error|failed to parse dockerfile).{0,20}: ?(?P<what>.{1,200})",
            88,
            "the Dockerfile is not valid: {what}",
        ),
        Rule(
            "failed to read dockerfile",
            r"failed to read dockerfile: (?P<what>.{1,200})",
            88,
            "the Dockerfile does not exist: {what}",
        ),
        Rule(
            "cannot connect to the docker daemon",
            r"Cannot connect to the Docker daemon at (?P<what>\S+)",
            90,
            "the Docker engine does not answer",
            "start it, or check DOCKER_HOST and your groups",
        ),
        Rule(
            "failed to connect to the docker api",
            r"failed to connect to the docker API at (?P<what>[^\s;]+)",
            90,
            "the Docker engine does not answer",
            "start it, or check DOCKER_HOST and your groups",
        ),
        Rule(
            "permission denied while trying to connect to the docker",
            r"permission denied while trying to connect to the Docker daemon",
            90,
            "no permission to use the Docker engine",
            "join the docker group",
        ),
        # Scripts remove what may not be there before they start.
        Rule(
            "error response from daemon",
            rf"Error response from daemon: {_GONE}",
            50,
        ),
        Rule(
            "error response from daemon",
            rf"Error response from daemon: (?P<what>(?!{_GONE}).{{1,300}})",
            78,
            "Docker: {what}",
        ),
        Rule("oci runtime", r"OCI runtime .{0,40}failed: (?P<what>.{1,300})", 80, "the container cannot start: {what}"),
        *_WRAPPERS,
        Rule("view build details: ", r"^View build details: \S", 10),
        Rule("failed to solve", r"failed to solve: (?P<what>.{1,300})", 70, "docker build: {what}"),
        Rule("error: ", r"^#\d+ ERROR: (?P<what>(?!process ).{1,300})", 72, "docker build: {what}"),
        Rule(
            "port is already allocated",
            r"(?P<what>Bind for \S+ failed: port is already allocated)",
            88,
            "a port is taken",
            "stop the process that uses it, or choose another",
        ),
        Rule(
            "is unhealthy",
            r"(?P<what>(?:container|Container) \S{1,100} is unhealthy)",
            80,
            "{what}",
            "docker logs of that container",
        ),
        Rule(
            "no space left on device",
            r"(?:write|mkdir|copy|ApplyLayer).{0,200}no space left on device",
            90,
            "the disk is full",
            "docker system prune",
            Kind.RESOURCES,
        ),
        Rule(
            "error creating overlay mount",
            r"error creating overlay mount to .{1,200}",
            82,
            "the storage driver cannot mount a layer",
        ),
    ),
)
