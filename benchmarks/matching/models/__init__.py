"""Latent models: ideas of who fits a job, each different from the others."""

from benchmarks.matching.latent import LatentModel
from benchmarks.matching.models.career_paths import CareerPaths
from benchmarks.matching.models.everyday_words import EverydayWords
from benchmarks.matching.models.skill_vectors import SkillVectors
from benchmarks.matching.models.topic_mixtures import TopicMixtures

LATENT_MODELS: tuple[LatentModel, ...] = (SkillVectors(), CareerPaths(), TopicMixtures(), EverydayWords())
