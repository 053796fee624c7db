import numpy as np
import pytest

sklearn = pytest.importorskip("sklearn")
pytest.importorskip("sklearn", minversion="1.6")
from sklearn.utils.estimator_checks import parametrize_with_checks  # noqa: E402

from vaec.sklearn import VAE  # noqa: E402


@parametrize_with_checks([VAE(epochs=2, n_threads=1)])
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def test_a_pipeline(bumps):
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    vae = VAE(epochs=300, hidden=[32], objective="rate-distortion")
    pipeline = make_pipeline(StandardScaler(), vae)
    latents = pipeline.fit_transform(bumps)
    assert latents.shape[1] == len(vae.get_feature_names_out()) and vae.get_feature_names_out()[0] == "vae0"
    back = pipeline.inverse_transform(latents)
    assert np.mean((back - bumps) ** 2) < np.var(bumps)
    strange = np.random.default_rng(0).uniform(size=(50, 16)).astype(np.float32)
    assert vae.score(StandardScaler().fit(bumps).transform(strange)) < pipeline.score(bumps)
