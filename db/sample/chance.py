"""Chance with a seed: one independent stream a topic, so that more draws in one topic change no other."""

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def digest(seed: int, topic: str) -> bytes:
    """32 bytes that depend on nothing but the seed and the topic."""
    return hashlib.sha256(f"sample:{seed}:{topic}".encode()).digest()


def stream(seed: int, topic: str) -> random.Random:
    """Python's generator for one topic. Never for secrets."""
    return random.Random(int.from_bytes(digest(seed, topic)))  # noqa: S311


def array_stream(seed: int, topic: str) -> np.random.Generator:
    """numpy's generator for one topic."""
    return np.random.default_rng(int.from_bytes(digest(seed, topic)))


def weighted(chance: random.Random, choices: Sequence[tuple[T, float]]) -> T:
    """One of (value, weight)."""
    return chance.choices([value for value, _ in choices], [weight for _, weight in choices])[0]


def skewed(chance: random.Random, pool: Sequence[T], strength: int = 2) -> T:
    """One of the pool, the first ones more often (smallest of `strength` draws): a few people do most of the work."""
    return pool[min(int(chance.random() * len(pool)) for _ in range(strength))]


def shares(total: int, weights: Sequence[float], least: int = 0) -> list[int]:
    """`total` in whole parts like the weights, each at least `least` (largest remainders; ties to the first)."""
    free = total - least * len(weights)
    if free < 0:
        raise ValueError(f"{total} can't be shared among {len(weights)} with at least {least} each")
    whole = sum(weights)
    exact = [free * weight / whole for weight in weights]
    parts = [int(value) for value in exact]
    order = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: free - sum(parts)]:
        parts[i] += 1
    return [part + least for part in parts]
