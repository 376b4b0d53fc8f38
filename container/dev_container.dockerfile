# The development image: a Debian or Ubuntu base with the selected toolchains. `sygaldry image build` passes the
# arguments from the settings; docs/how-to/image.md describes a build by hand.
#
# Works with the builder of Docker 20.10: no frontend, no here-documents. The image contains no uid, so that all users
# of a host can share it. Each toolchain is a step of its own, with its arguments directly before it: a changed version
# keeps the layers of the steps above. With BuildKit and podman, `sygaldry image build` mounts its secrets (the site's
# certificates, the addresses of mirrors) into each step.
ARG BASE_IMAGE=nvidia/cuda:12.9.1-cudnn-devel-ubuntu24.04
# hadolint ignore=DL3006 # the default has a tag; a site may choose another
FROM ${BASE_IMAGE}

# Every file that a step creates gets this time, so that two builds of one recipe have equal layers.
ARG SOURCE_DATE_EPOCH=1735689600
ARG WITH_BASE=yes
COPY image/step.sh image/base.sh /opt/sygaldry-image/
RUN ["/bin/bash", "/opt/sygaldry-image/step.sh", "base"]

ARG WITH_TOOLS=yes
COPY image/tools.sh /opt/sygaldry-image/
RUN ["/bin/bash", "/opt/sygaldry-image/step.sh", "tools"]

ARG WITH_COMPILERS=yes
COPY image/compilers.sh /opt/sygaldry-image/
RUN ["/bin/bash", "/opt/sygaldry-image/step.sh", "compilers"]

ARG WITH_LLVM=yes
COPY image/llvm.sh /opt/sygaldry-image/
RUN ["/bin/bash", "/opt/sygaldry-image/step.sh", "llvm"]

# From here on, steps download what artifacts.json pins.
COPY image/fetch.py artifacts.json /opt/sygaldry-image/

ARG WITH_SPACK=yes
COPY image/spack.sh image/spack_warm.sh /opt/sygaldry-image/
RUN ["/bin/bash", "/opt/sygaldry-image/step.sh", "spack"]

ARG WITH_UV=yes
COPY image/uv.sh /opt/sygaldry-image/
RUN ["/bin/bash", "/opt/sygaldry-image/step.sh", "uv"]

ARG WITH_PYTHON=yes
ARG PYTHON_VERSION=3.13
COPY image/python.sh /opt/sygaldry-image/
RUN ["/bin/bash", "/opt/sygaldry-image/step.sh", "python"]

ARG WITH_GO=yes
COPY image/go.sh /opt/sygaldry-image/
RUN ["/bin/bash", "/opt/sygaldry-image/step.sh", "go"]

ARG WITH_RUST=yes
ARG RUST_VERSION=1.79.0
COPY image/rust.sh /opt/sygaldry-image/
RUN ["/bin/bash", "/opt/sygaldry-image/step.sh", "rust"]

ARG WITH_BAZEL=yes
ARG BAZEL_VERSION=6.4.0
COPY image/bazel.sh /opt/sygaldry-image/
RUN ["/bin/bash", "/opt/sygaldry-image/step.sh", "bazel"]

ARG WITH_PACKAGES=no
ARG PACKAGES=""
COPY image/packages.sh /opt/sygaldry-image/
RUN ["/bin/bash", "/opt/sygaldry-image/step.sh", "packages"]

# The programs that Sygaldry mounts at run time come first; Spack reads only the image's settings (image/spack.sh).
ENV PATH=/opt/sygaldry/container/bin:/opt/sygaldry/bin:${PATH} \
    LANG=C.UTF-8 \
    SPACK_ROOT=/opt/spack_src \
    SPACK_PYTHON=/opt/spack_python/bin/python3 \
    SPACK_DISABLE_LOCAL_CONFIG=1 \
    SPACK_USER_CACHE_PATH=/opt/spack_store/cache/user \
    SPACK_GNUPGHOME=/opt/spack_store/gpg
WORKDIR /workspace
CMD ["/bin/bash"]
