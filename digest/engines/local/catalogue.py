"""The models that can be fetched by name: what they are, where they are, what they cost, whom to credit."""

from __future__ import annotations

from dataclasses import dataclass

# The project's own index names these addresses (index.json of argosopentech/argospm-index, read on 2026-11-21); it
# gives neither sizes nor hashes.
INDEX = "https://raw.githubusercontent.com/argosopentech/argospm-index/main/index.json"
PUBLIC = "https://argos-net.com/v1"


@dataclass(frozen=True, slots=True)
class Package:
    """One Argos package.

    `size` (bytes) and `sha256` are those of a file that was at hand here; None where none was: then nothing is checked,
    and what came is said and kept in the manifest. `reported_size` and `reported_sha256` are what others publish
    of such a file: told beside what came, never enforced.
    """

    source: str
    target: str
    version: str
    size: int | None
    sha256: str | None
    reported_size: int | None = None
    reported_sha256: str | None = None
    licence: str = "CC-BY 4.0"
    credit: str = "OPUS-MT (Helsinki-NLP), packaged by Argos Translate"

    @property
    def pair(self) -> str:
        return f"{self.source}-{self.target}"

    @property
    def file(self) -> str:
        """The file's name, as Argos names its packages.

        >>> package_for("zh-en").file
        'translate-zh_en-1_9.argosmodel'
        """
        return f"translate-{self.source}_{self.target}-{self.version.replace('.', '_')}.argosmodel"

    def address(self, mirror: str = "") -> str:
        """Give the address of the file, at the public place or at `mirror`, an address that file names are put to."""
        return f"{mirror.rstrip('/') or PUBLIC}/{self.file}"


CATALOGUE = (
    Package(
        "zh", "en", "1.9",
        size=74_481_402,
        sha256="62e7af5a3a48b530e47b7b3e5c78c2de79073ecd815750d2bf3ab35b4a67da2d",
    ),
    # Unverified: no file of this one was ever at hand. Ten public repositories name this hash, two of them the size;
    # three of them name the hash of zh-en too, and it is the one computed above.
    Package(
        "en", "zh", "1.9",
        size=None,
        sha256=None,
        reported_size=70_743_021,
        reported_sha256="433e7c4f034d87fbe2353161e05f18646d7999452f801a4e1f0378522b9850ab",
    ),
)  # fmt: skip


def package_for(pair: str) -> Package | None:
    """Give the package that translates a pair such as "en-zh"; None where the catalogue has none.

    >>> package_for("de-fr") is None
    True
    """
    return next((each for each in CATALOGUE if each.pair == pair), None)


def offer(pair: str) -> str:
    """Say in one line how to get a model of a pair, with its size and licence; "" where none is known.

    >>> offer("zh-en"), offer("en-zh")
    ('digest models pull zh-en (74 MB, CC-BY 4.0)', 'digest models pull en-zh (about 71 MB, CC-BY 4.0)')
    """
    package = package_for(pair)
    if package is None:
        return ""
    size = package.size or package.reported_size
    told = f"{'' if package.size else 'about '}{size / 1e6:.0f} MB, " if size else ""
    return f"digest models pull {pair} ({told}{package.licence})"
