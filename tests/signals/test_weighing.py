"""Texts are weighed as scikit-learn weighs them, without importing it."""

from __future__ import annotations

import numpy as np

from groundswell.signals.topics import TOKEN, Corpus

WORDS = ("#vegan", "bread", "oat", "äpfel")


def test_texts_weigh_what_scikit_learn_says() -> None:
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.preprocessing import normalize

    idf = np.array([1.5, 2.0, 3.25, 4.0])
    corpus = Corpus("1", WORDS, idf, np.eye(4), np.eye(4), WORDS, 9)
    texts = ["Bread, bread and OAT milk #Vegan", "", "no word of it", "ÄPFEL bread@home @oat oats", "oat"]
    counts = CountVectorizer(vocabulary=list(WORDS), token_pattern=TOKEN).transform(texts).astype(float)
    counts.data = 1 + np.log(counts.data)
    expected = normalize(counts.multiply(idf).tocsr()).toarray()
    assert expected.any()
    assert np.allclose(corpus.weigh(texts).toarray(), expected, rtol=1e-12, atol=0)
