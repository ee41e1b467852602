"""Numbers of the quantisation: weights to 7 bits, activations to unsigned 8 bits, difficulty moved between them."""

from dataclasses import dataclass

import numpy as np
from reference import Activations
from source import Linear

# Signed weights stay within 7 bits: CPUs without VNNI add pairs of products in 16 bits, which 8-bit weights overflow.
WEIGHT_MAX = 63
WORD_MAX = 127
ACTIVATION_STEPS = 255
# SmoothQuant (Xiao et al. 2023, section 4): how much of the activations' spread moves into the weights.
SMOOTHING = 0.75


@dataclass
class Quantised:
    """Signed integers, and the scale of each column."""

    values: np.ndarray
    scales: np.ndarray


@dataclass
class Range:
    """One scale and zero point of an unsigned 8-bit tensor, fixed beforehand: a text's vector cannot depend on its batch."""

    scale: np.float32
    zero: np.uint8


def quantise_columns(weight: np.ndarray) -> Quantised:
    return quantise(weight, axis=0, limit=WEIGHT_MAX)


def quantise_rows(table: np.ndarray) -> Quantised:
    return quantise(table, axis=1, limit=WORD_MAX)


def quantise(values: np.ndarray, axis: int, limit: int) -> Quantised:
    scales = np.abs(values).max(axis=axis, keepdims=True) / limit
    scales[scales == 0] = 1
    integers = np.clip(np.rint(values / scales), -limit, limit).astype(np.int8)
    return Quantised(integers, scales.astype(np.float32))


def smoothing_factors(linear: Linear, seen: Activations) -> np.ndarray:
    """One divisor per input channel, geometric mean 1: the weights' rows are multiplied by it."""
    activations = np.maximum(seen.channel_max, 1e-3)
    weights = np.maximum(np.abs(linear.weight).max(axis=1), 1e-3)
    factors = activations**SMOOTHING / weights ** (1 - SMOOTHING)
    return (factors / np.exp(np.log(factors).mean())).astype(np.float32)


def smoothed_range(seen: Activations, factors: np.ndarray) -> Range:
    """Symmetric, so that no channel's known maximum is cut."""
    limit = float((seen.channel_max / factors).max())
    return fixed_range(-limit, limit)


def fixed_range(low: float, high: float) -> Range:
    low, high = min(low, 0.0), max(high, 0.0)
    scale = (high - low) / ACTIVATION_STEPS
    return Range(np.float32(scale), np.uint8(round(-low / scale)))
