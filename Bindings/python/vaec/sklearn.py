"""A transformer for scikit-learn."""

from __future__ import annotations

from typing import Any, Optional, Sequence

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from ._model import Model, fit

# A fit needs that many rows; fewer are repeated.
_MINIMUM_ROWS = 16


class VAE(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """A variational autoencoder that maps rows to latents and back.

    Missing values (NaN) are replaced by the mean of what the model knows.

    Parameters:
        n_components: latents to start with; derived from the data if None. Those that carry no information are dropped.
        hidden: widths of the encoder's hidden layers; derived from the data if None.
        epochs: passes over the data; chosen if None.
        objective: "elbo" for the evidence lower bound, "rate-distortion" for a model that also compresses well. The
            latter keeps no network, and thus no latents, where principal components do as well.
        beta: the weight of the KL divergence, with "elbo".
        quality: of the code in :meth:`score_samples`, 0 to 100.
        n_threads: None for one per processor.
        random_state: the seed; None stands for 0, so that equal data give equal models.

    Attributes:
        model_: the fitted :class:`vaec.Model`.
        n_features_in_: values in a row.
    """

    def __init__(
        self, n_components: Optional[int] = None, *, hidden: Optional[Sequence[int]] = None,
        epochs: Optional[int] = None, objective: str = "elbo", beta: float = 1.0, quality: float = 50,
        n_threads: Optional[int] = None, random_state: Any = None,
    ) -> None:  # fmt: skip
        self.n_components = n_components
        self.hidden = hidden
        self.epochs = epochs
        self.objective = objective
        self.beta = beta
        self.quality = quality
        self.n_threads = n_threads
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> VAE:
        """Fits a model to rows: an array of floats, rows x values."""
        X = self._rows(X, reset=True, ensure_min_samples=2)
        if len(X) < _MINIMUM_ROWS:
            X = np.resize(X, (_MINIMUM_ROWS, X.shape[1]))
        seed = self.random_state
        if seed is None:
            seed = 0
        elif not isinstance(seed, (int, np.integer)):
            seed = check_random_state(seed).randint(1 << 31)
        self.model_: Model = fit(
            X, latents=self.n_components, hidden=self.hidden, epochs=self.epochs, objective=self.objective,
            beta=self.beta if self.objective == "elbo" else None, seed=int(seed), threads=self.n_threads,
        )  # fmt: skip
        return self

    def transform(self, X: Any) -> np.ndarray:
        """The latents of rows, strongest first: rows x latents."""
        check_is_fitted(self)
        X = self._rows(X)
        return self.model_.embed(X, threads=self.n_threads).astype(X.dtype, copy=False)

    def inverse_transform(self, X: Any) -> np.ndarray:
        """The rows of latents."""
        check_is_fitted(self)
        return self.model_.invert(X, threads=self.n_threads)

    def score_samples(self, X: Any) -> np.ndarray:
        """The log-likelihood of rows under the model's code, in nats up to a constant: strange rows have less."""
        check_is_fitted(self)
        bits = self.model_.score_rows(self._rows(X), quality=self.quality, threads=self.n_threads)
        return -np.log(2) * bits

    def score(self, X: Any, y: Any = None) -> float:
        """The mean of :meth:`score_samples`."""
        return float(np.mean(self.score_samples(X)))

    @property
    def _n_features_out(self) -> int:
        return len(self.model_.latents)

    def _rows(self, X: Any, **options: Any) -> np.ndarray:
        options.setdefault("reset", False)
        return validate_data(
            self, X, dtype=[np.float64, np.float32], ensure_all_finite="allow-nan", order="C", **options
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
