# A CUDA base from wheels that this site downloaded under NVIDIA's licence; made by `sygaldry image base --cuda`.
ARG BASE
# hadolint ignore=DL3006
FROM ${BASE} AS unpack
COPY . /wheels
ARG CUDA
RUN python3 -I /wheels/assemble.py /wheels /out "${CUDA}"

# hadolint ignore=DL3006
FROM ${BASE}
COPY --from=unpack /out/ /
RUN ldconfig
ARG CUDA
ENV CUDA_HOME=/usr/local/cuda \
	CUDA_VERSION=${CUDA} \
	PATH=/usr/local/cuda/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	NVIDIA_VISIBLE_DEVICES=all \
	NVIDIA_DRIVER_CAPABILITIES=compute,utility
