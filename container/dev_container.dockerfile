# The development image: any Debian or Ubuntu base, and the toolchains chosen. Built by `sygaldry image build`, which
# passes the arguments from the settings; docs/how-to/image.md tells how to build it by hand.
#
# Plain enough for the builder of Docker 20.10: no frontend to pull, no here-documents, no mounts. No uid in it, so
# that one image serves everybody on a host.
ARG BASE_IMAGE=nvidia/cuda:12.9.1-cudnn-devel-ubuntu24.04
# hadolint ignore=DL3006 # the default has a tag; what a site says instead is its own matter
FROM ${BASE_IMAGE}

# First, so that whatever an interrupted build leaves is known to be ours.
ARG IMAGE_NAME=""
LABEL dev.sygaldry.name="${IMAGE_NAME}"

ARG TOOLCHAINS="bazel compilers go llvm python rust spack uv"
ARG BAZEL_VERSION=6.4.0
ARG PYTHON_VERSION=3.13
ARG RUST_VERSION=1.79.0
ARG ARTIFACT_MIRROR=""
ARG PIP_INDEX_URL=""

COPY image artifacts.json /opt/sygaldry-image/
RUN ["/bin/bash", "/opt/sygaldry-image/install.sh"]

# What Sygaldry mounts at run time comes first; Spack reads only what is in here (container/image/spack.sh).
ENV PATH=/opt/sygaldry/container/bin:/opt/sygaldry/bin:${PATH} \
    LANG=C.UTF-8 \
    SPACK_ROOT=/opt/spack_src \
    SPACK_PYTHON=/opt/spack_python/bin/python3 \
    SPACK_DISABLE_LOCAL_CONFIG=1 \
    SPACK_USER_CACHE_PATH=/opt/spack_store/cache/user \
    SPACK_GNUPGHOME=/opt/spack_store/gpg
WORKDIR /workspace
CMD ["/bin/bash"]
