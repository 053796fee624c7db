"""Arrays and tables that Python packages carry, and generated ones: what people have, in files of 0.01 to 6 MB."""

import io

import numpy as np


def generated():
    random = np.random.default_rng(11)
    yield "prices", np.round(100 + np.cumsum(random.normal(size=(40_000, 3)), 0) / 20, 2)
    seconds = np.arange(60_000)
    wave = np.sin(seconds / 7.3) + 0.5 * np.sin(seconds / 1.9) + random.normal(size=seconds.size) / 40
    yield "vibration", (wave * 4000).astype("i2")
    field = random.normal(size=(256, 256))
    spectrum = np.fft.rfft2(field) / (1 + np.hypot(*np.meshgrid(np.fft.rfftfreq(256), np.fft.fftfreq(256))) * 60) ** 2
    yield "field", np.fft.irfft2(spectrum).astype("f4")
    yield "readings", np.sqrt(np.arange(2.0, 66))[random.integers(0, 64, (30_000, 2)).cumsum(0) % 64]
    poses = np.cumsum(np.cumsum(random.normal(size=(12_000, 6)), 0), 0) * 1e-4
    yield "poses", np.array([[float(f"{x:.6e}") for x in row] for row in poses])


def sklearn():
    from sklearn import datasets

    yield "digits", datasets.load_digits().images.astype("u1")
    yield "cancer", datasets.load_breast_cancer().data
    yield "diabetes", datasets.load_diabetes(scaled=False).data
    yield "photo", datasets.load_sample_image("china.jpg")[::2, ::2]


def statsmodels():
    from statsmodels import datasets

    yield "co2", datasets.co2.load_pandas().data.to_numpy()
    yield "fair", datasets.fair.load_pandas().data.to_numpy()
    yield "randhie", datasets.randhie.load_pandas().data.to_numpy()


def vega():
    from vega_datasets import local_data

    for name in ["airports", "seattle_weather", "us_employment"]:
        text = io.StringIO()
        getattr(local_data, name)().to_csv(text, index=False)
        yield f"{name}.csv", text.getvalue().encode()


def all_sets(say):
    """Names, with arrays or the bytes of tables in text; packages that are not installed are named and left out."""
    for source in [generated, sklearn, statsmodels, vega]:
        try:
            yield from source()
        except ImportError as error:
            say(f"{source.__name__}: left out: {error}")
