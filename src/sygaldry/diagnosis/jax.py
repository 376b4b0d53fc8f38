"""JAX and XLA, and TensorFlow where the messages are the same."""

from typing import Final

from sygaldry.diagnosis import Family, Kind, Rule

FAMILY: Final = Family(
    "JAX and XLA",
    (
        Rule(
            "resource_exhausted",
            r"(?P<what>RESOURCE_EXHAUSTED: .{1,300})",
            91,
            "the accelerator's memory is used up",
            "smaller batches; XLA_PYTHON_CLIENT_MEM_FRACTION",
            Kind.RESOURCES,
        ),
        Rule(
            "unable to initialize backend",
            r"(?P<what>Unable to initialize backend '\w+'.{0,250})",
            86,
            "JAX cannot use that back end",
            "is the jaxlib with CUDA installed, and the driver new enough?",
        ),
        Rule(
            "tracerarrayconversionerror",
            r"(?:Tracer\w+Error|ConcretizationTypeError|UnexpectedTracerError|NonConcreteBooleanIndexError): (?P<what>.{1,200})",
            88,
            "a traced value is used as a plain one",
            "mark it static, or use jax.lax / jnp",
        ),
        Rule("xlaruntimeerror", r"XlaRuntimeError: (?P<what>.{1,300})", 86, "XLA fails: {what}", "", Kind.UNKNOWN),
        Rule(
            "incompatible shapes",
            r"(?P<what>(?:[Ii]ncompatible shapes|got incompatible shapes for broadcasting).{0,200})",
            88,
            "shapes do not fit",
        ),
        Rule("failed_precondition", r"(?P<what>FAILED_PRECONDITION: .{1,300})", 84, "XLA fails: {what}"),
        Rule(
            "dnn library initialization failed",
            r"DNN library initialization failed.{0,120}",
            88,
            "cuDNN does not start: another version, or no memory left",
        ),
        Rule(
            "jaxlib version",
            r"(?P<what>jaxlib version .{1,120}(?:incompatible|newer|older).{0,100})",
            88,
            "jax and jaxlib do not fit together",
        ),
        Rule(
            "invalid value (nan)",
            r"(?P<what>FloatingPointError: invalid value \((?:nan|inf)\).{0,120})",
            87,
            "a value is not a number",
        ),
    ),
)
