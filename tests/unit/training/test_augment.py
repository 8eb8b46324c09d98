from quotewire_training.augment import augmented, speaker_quotes
from quotewire_training.markup import read_marked
from quotewire_training.spans import QuotedText

MARKED = (
    "<q1>“It rains too much here.”</q1> <s1>Mayor Ada Vrell</s1> <c1>said</c1>. "
    "<q2>“We shall all buy umbrellas,”</q2> <c2>said</c2> <s2>Tomas Brandt</s2>. "
    "<q3>“Nobody asked the fish about it,”</q3> <c3>said</c3> <s3>Ines Duarte, a cook</s3>. "
    "<s4>She</s4> <c4>said</c4> <q4>“the roof leaks on the fish”</q4>. <s5>Bo Ek</s5> <c5>said</c5> <q5>“no”</q5>."
)


def _article() -> QuotedText:
    text, attributions = read_marked(MARKED)
    return QuotedText("one", text, tuple(attributions))


def test_speaker_quotes_are_the_longer_direct_quotations_of_named_people() -> None:
    assert [(quote.words, quote.name) for quote in speaker_quotes(_article())] == [
        ("It rains too much here.", "Mayor Ada Vrell"),
        ("We shall all buy umbrellas.", "Tomas Brandt"),
        ("Nobody asked the fish about it.", "Ines Duarte"),
    ]


def test_the_spans_of_an_augmented_article_cover_the_right_words() -> None:
    for quoted in augmented([_article()], "seed"):
        assert len(quoted.attributions) == 3
        for attribution, quote in zip(quoted.attributions, speaker_quotes(_article()), strict=True):
            content = " ".join(quoted.text[a:b] for a, b in attribution.content)
            assert quote.words.split()[0] in content
            assert content.split()[-1].strip("”\"'»«") in quote.words
            (cue,), (source,) = attribution.cue, attribution.source
            assert not any(sign.isalnum() for sign in quoted.text[slice(*cue)])
            assert quote.name.split()[-1].lower() in quoted.text[slice(*source)].lower()


def test_the_seed_decides_the_form() -> None:
    def texts(seed: str) -> list[str]:
        return [quoted.text for quoted in augmented([_article()], seed)]

    assert texts("a") == texts("a")
    assert any(texts("a") != texts(str(other)) for other in range(5))


def test_an_article_with_few_quotations_is_not_augmented() -> None:
    text, attributions = read_marked("<q1>“It rains too much here.”</q1> <s1>Ada Vrell</s1> <c1>said</c1>.")
    assert list(augmented([QuotedText("one", text, tuple(attributions))], "s")) == []
