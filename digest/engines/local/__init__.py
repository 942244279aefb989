"""Local neural translation: models on the user's own disk, read by CTranslate2 and SentencePiece (edge)."""

from digest.engines.local.catalogue import CATALOGUE, Package, offer, package_for
from digest.engines.local.engine import LocalEngine
from digest.engines.local.folder import Installed, installed, models_folder, remove
from digest.engines.local.install import Pulled, pull
from digest.engines.local.loading import packages_missing

__all__ = [
    "CATALOGUE",
    "Installed",
    "LocalEngine",
    "Package",
    "Pulled",
    "installed",
    "models_folder",
    "offer",
    "package_for",
    "packages_missing",
    "pull",
    "remove",
]
