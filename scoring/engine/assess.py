"""One period from daily facts to verdicts: the one call that everything else makes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scoring.engine import bands, competence, composite, quality, ranks, throughput


@dataclass(frozen=True)
class Settings:
    """What a store may set. ``level``: of all intervals; ``band_level``: probability that a band
    needs; ``min_evidence``: share of the weights that must rest on enough data for a band."""

    weights: composite.Weights = field(default_factory=composite.Weights)
    competence: competence.CompetenceWeights = field(default_factory=competence.CompetenceWeights)
    bands: bands.Bands = field(default_factory=bands.Bands)
    level: float = 0.90
    band_level: float = 0.80
    min_evidence: float = 0.5
    min_days: int = 10
    min_expected: float = 3.0
    exposure: str = "units"
    weighted_errors: bool = False
    draws: int = 4000


@dataclass(frozen=True)
class Assessment:
    """``throughput``, ``quality``: results of those modules. ``competence``, ``composite``,
    ``verdicts``, ``ranks``: DataFrames, and ``bands`` by component, all indexed by person in the
    same sorted order."""

    throughput: throughput.Throughput
    quality: quality.Quality
    competence: pd.DataFrame
    composite: pd.DataFrame
    verdicts: pd.DataFrame
    bands: dict[str, pd.DataFrame]
    ranks: pd.DataFrame


def assess(
    work: pd.DataFrame,
    errors: pd.DataFrame,
    skills: pd.DataFrame,
    *,
    seed: int,
    given: pd.DataFrame | None = None,
    weights: pd.DataFrame | None = None,
    settings: Settings | None = None,
) -> Assessment:
    """Score everybody who is in ``work`` or in ``skills``.

    ``work``, ``errors``: daily facts as in `scoring.engine`. ``skills`` (index person): as in
    `competence.competence`; people missing there have no competence component, people missing in
    ``work`` no other. ``given``: the standards that the store has set, as in
    `throughput.standards`. ``weights`` (index person): as in `composite.composite`, for people
    whose role weighs otherwise than ``settings.weights``. ``seed``: of the posterior draws; the
    same facts, settings and seed give the same digits.
    """
    s = settings or Settings()
    rng = np.random.default_rng(seed)
    everyone = pd.Index(sorted(set(work["person"]) | set(skills.index)), name="person")
    speed = throughput.throughput(work, given, level=s.level, min_days=s.min_days)
    care = quality.quality(
        work,
        errors,
        exposure=s.exposure,  # type: ignore[arg-type]
        weighted=s.weighted_errors,
        level=s.level,
        min_expected=s.min_expected,
    )
    asked = skills.reindex(everyone, fill_value=0)
    skill = competence.competence(asked, s.competence, level=s.level)
    size = s.draws
    draws = {
        "throughput": _spread(
            throughput.draw_throughput(speed.people, draws=size, rng=rng),
            speed.people.index,
            everyone,
        ),
        "quality": _spread(
            quality.draw_quality(care, draws=size, rng=rng), care.people.index, everyone
        ),
        "competence": competence.draw_competence(asked, s.competence, draws=size, rng=rng),
    }
    enough = pd.DataFrame(
        {
            "throughput": speed.people["enough"].reindex(everyone, fill_value=False),
            "quality": care.people["enough"].reindex(everyone, fill_value=False),
            "competence": skill["enough"],
        }
    )
    weighed = composite.by_person(everyone, s.weights)
    if weights is not None:
        weighed.update(weights)
    total = composite.composite(draws, enough, weighed, level=s.level)
    supported = total.people["evidence"] >= s.min_evidence
    indices = {
        "throughput": composite.throughput_index(draws["throughput"]),
        "quality": composite.quality_index(draws["quality"]),
    }
    return Assessment(
        throughput=speed,
        quality=care,
        competence=skill,
        composite=total.people,
        verdicts=bands.assign(total.draws, supported, s.bands, level=s.band_level),
        bands={
            name: bands.assign(values, enough[name], s.bands, level=s.band_level)
            for name, values in indices.items()
        },
        ranks=ranks.rank_intervals(
            pd.DataFrame(np.where(supported.to_numpy(), total.draws, np.nan), columns=everyone),
            s.level,
        ),
    )


def _spread(values: np.ndarray, people: pd.Index, everyone: pd.Index) -> np.ndarray:
    """Place the columns of ``people`` among everyone's, NaN for those without."""
    result = np.full((len(values), len(everyone)), np.nan)
    result[:, everyone.get_indexer(people)] = values
    return result
