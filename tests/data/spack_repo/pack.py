"""Pack the sources of the tiny packages: the same bytes on every machine. Usage: pack.py SOURCES FOLDER."""

import io
import sys
import tarfile
from hashlib import sha256
from pathlib import Path


def pack(source: Path, target: Path) -> str:
    """Write one tarball without times and owners; return its checksum."""
    with tarfile.open(target, "w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(source.iterdir()):
            entry = tarfile.TarInfo(f"{source.name}-1.0/{path.name}")
            data = path.read_bytes()
            entry.size, entry.mode = len(data), 0o644
            tar.addfile(entry, io.BytesIO(data))
    return sha256(target.read_bytes()).hexdigest()


def main() -> None:
    """Pack every folder."""
    sources, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for source in sorted(each for each in sources.iterdir() if each.is_dir()):
        sys.stdout.write(f"{pack(source, folder / f'{source.name}-1.0.tar')}  {source.name}-1.0.tar\n")


if __name__ == "__main__":
    main()
