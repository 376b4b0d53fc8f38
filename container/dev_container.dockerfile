# The development image: a Debian or Ubuntu base with the selected toolchains. `sygaldry image build` passes the
# arguments from the settings; docs/how-to/image.md describes a build by hand.
#
# Works with the builder of Docker 20.10: no frontend, no here-documents, no mounts. The image contains no uid, so
# that all users of a host can share it.
ARG BASE_IMAGE=nvidia/cuda:12.9.1-cudnn-devel-ubuntu24.04
# hadolint ignore=DL3006 # the default has a tag; a site may choose another
FROM ${BASE_IMAGE}

# First, so that the leftovers of an interrupted build can be identified.
ARG IMAGE_NAME=""
LABEL dev.sygaldry.name="${IMAGE_NAME}"

ARG TOOLCHAINS="bazel compilers go llvm python rust spack uv"
ARG BAZEL_VERSION=6.4.0
ARG PYTHON_VERSION=3.13
ARG RUST_VERSION=1.79.0
ARG PACKAGES=""
ARG ARTIFACT_MIRROR=""
ARG PIP_INDEX_URL=""

COPY image artifacts.json /opt/sygaldry-image/
RUN ["/bin/bash", "/opt/sygaldry-image/install.sh"]

# The programs that Sygaldry mounts at run time come first; Spack reads only the image's settings (container/image/spack.sh).
ENV PATH=/opt/sygaldry/container/bin:/opt/sygaldry/bin:${PATH} \
    LANG=C.UTF-8 \
    SPACK_ROOT=/opt/spack_src \
    SPACK_PYTHON=/opt/spack_python/bin/python3 \
    SPACK_DISABLE_LOCAL_CONFIG=1 \
    SPACK_USER_CACHE_PATH=/opt/spack_store/cache/user \
    SPACK_GNUPGHOME=/opt/spack_store/gpg
WORKDIR /workspace
CMD ["/bin/bash"]
