"""What each model is and how it was trained: the numbers of a model card in one place."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Phase:
    """Part of a schedule. The rate falls from `rate` to `last_rate` along half a cosine."""
    minutes: float
    rate: float
    last_rate: float
    soft_share: float  # of a batch from soft originals
    ramp_share: float = 0.05  # of a batch from slow ramps
    int8: bool = False  # hidden layers are rounded as the int8 file rounds them


@dataclass(frozen=True)
class Recipe:
    channels: int
    chroma_channels: int
    pairs: int
    phases: tuple
    batch: int = 16
    cells: int = 32  # side of a crop


RECIPES = {
    "fast": Recipe(32, 16, 5, (Phase(60, 1.8e-3, 3e-4, 0.25), Phase(20, 3e-4, 6e-6, 0.25),
                               Phase(25, 1.5e-4, 2e-6, 0.25, int8=True))),
    "fine": Recipe(64, 24, 5, (Phase(80, 1.2e-3, 1e-4, 0.25), Phase(30, 1e-4, 4e-6, 0.25),
                               Phase(15, 5e-5, 2e-6, 0.25, int8=True))),
}
