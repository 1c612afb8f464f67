"""Trains the model of understanding from the texts beside this file, the same way each time: `make model`.

Logistic regression on features that are scaled by how unevenly they fall between leaving and staying (after Wang and
Manning, "Baselines and Bigrams", 2012). What measures is never trained on: the texts of `replies-held.tsv`, and the half
of the negatives whose digest is odd (`corpora.is_held`).
"""

import math
from array import array
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression

from training.corpora import Example, digest, training_examples
from yesword.domain.understanding import model
from yesword.domain.understanding.intent import Label
from yesword.domain.understanding.normalise import normalise

TARGET = Path(model.__file__).with_name("model.bin")
STRENGTH = 30.0  # the inverse of the regularisation
STRENGTH_OF_ANSWERS = 10.0
SMOOTHING = 0.3
PLAIN = 0.6  # the share of its scale that a feature has whatever it tells
KNOWN_FROM = 2  # texts


def train(examples: Sequence[Example]) -> model.Weights:
    texts = [model.words_of(normalise(each.text).unmasked()) for each in examples]
    met = Counter(word for words in texts for word in set(words))
    known = {word for word, count in met.items() if count >= KNOWN_FROM}
    rows = _matrix([model.buckets(words, known.__contains__) for words in texts])
    weight = np.array([each.weight for each in examples])
    leaves = np.array([each.label is Label.OPT_OUT for each in examples])
    answers = np.array([not each.is_everyday for each in examples])
    return model.Weights(
        leaves=_side(rows, leaves, weight, STRENGTH),
        answers=_side(rows, answers, np.ones(len(examples)), STRENGTH_OF_ANSWERS),
        known=_known(known),
        digest=digest(),
    )


def _side(rows: csr_matrix, wanted: np.ndarray, weight: np.ndarray, strength: float) -> model.Side:
    """In signed bytes: the largest weight is 127 steps."""
    scales = _scales(rows, wanted, weight)
    found = LogisticRegression(C=strength, solver="liblinear", tol=1e-4, max_iter=300)
    found.fit(rows @ diags(scales), wanted, sample_weight=weight)
    weights = found.coef_[0] * scales
    scale = float(np.abs(weights).max()) / 127
    table = np.clip(np.round(weights / scale), -127, 127).astype(np.int8)
    return model.Side(
        table=memoryview(table.tobytes()).cast("b"),
        scale=round(scale, 9),
        bias=round(float(found.intercept_[0]), 6),
    )


def _known(words: set[str]) -> bytes:
    bits = bytearray(model.SIZE // 8)
    for word in words:
        place = model.bucket(f"w {word}")
        bits[place >> 3] |= 1 << (place & 7)
    return bytes(bits)


def _matrix(texts: Sequence[Sequence[int]]) -> csr_matrix:
    """A row a text, a column a bucket; each row of the same length, whatever its number of features."""
    columns = array("l", (bucket for text in texts for bucket in text))
    values = array("d", (1 / math.sqrt(len(text)) for text in texts for _ in text))
    ends = np.cumsum([0, *(len(text) for text in texts)])
    rows = csr_matrix((np.array(values), np.array(columns), ends), shape=(len(texts), model.SIZE))
    rows.sum_duplicates()
    return rows


def _scales(rows: csr_matrix, wanted: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """How unevenly each feature falls, around one on average."""
    there = rows.copy()
    there.data = np.ones_like(there.data)
    there = diags(weight) @ there
    with_it = SMOOTHING + np.asarray(there[wanted].sum(axis=0)).ravel()
    without = SMOOTHING + np.asarray(there[~wanted].sum(axis=0)).ravel()
    uneven = np.abs(np.log((with_it / with_it.sum()) / (without / without.sum())))
    return PLAIN + (1 - PLAIN) * uneven / uneven[uneven > 0].mean()


if __name__ == "__main__":
    data = model.written(train(training_examples()))
    TARGET.write_bytes(data)
    print(f"{TARGET.name}: {len(data):,} bytes")
