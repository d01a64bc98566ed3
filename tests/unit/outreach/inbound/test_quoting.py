"""The new text of a reply, told apart from what it quotes."""

from __future__ import annotations

import pytest

from outreach.inbound.htmltext import text_of_html
from outreach.inbound.quoting import split_reply

ATTRIBUTIONS = [
    "On Mon, Mar 3, 2025 at 10:00 AM Me <me@sender.example> wrote:",
    "On Mon, Mar 3, 2025 at 10:00 AM Me\n<me@sender.example> wrote:",
    "Am Mo., 3. März 2025 um 10:00 Uhr schrieb Me <me@sender.example>:",
    "Am 03.03.25 um 10:00 schrieb Me:",
    "Le lun. 3 mars 2025 à 10:00, Me <me@sender.example> a écrit :",
    "El lun, 3 mar 2025 a las 10:00, Me (<me@sender.example>) escribió:",
    "Il giorno lun 3 mar 2025 alle ore 10:00 Me <me@sender.example> ha scritto:",
    "Op ma 3 mrt 2025 om 10:00 schreef Me <me@sender.example>:",
    "pon., 3 mar 2025 o 10:00 Me <me@sender.example> napisał(a):",
    "W dniu 3.03.2025 o 10:00, Me pisze:",
    "Em seg., 3 de mar. de 2025 às 10:00, Me <me@sender.example> escreveu:",
    "po 3. 3. 2025 v 10:00 odesílatel Me <me@sender.example> napsal:",
    "Den mån 3 mars 2025 kl 10:00 skrev Me <me@sender.example>:",
    "Den man. 3. mar. 2025 kl. 10.00 skrev Me <me@sender.example>:",
    "ma 3. maalisk. 2025 klo 10.00 Me (me@sender.example) kirjoitti:",
    "Me <me@sender.example> ezt írta (időpont: 2025. márc. 3., H, 10:00):",
    "În lun., 3 mar. 2025 la 10:00, Me <me@sender.example> a scris:",
    "Me <me@sender.example>, 3 Mar 2025 Pzt, 10:00 tarihinde şunu yazdı:",
    "пн, 3 мар. 2025 г. в 10:00, Me <me@sender.example>:",
    "03.03.2025 10:00, Me пишет:",
    "2025年3月3日(月) 10:00 Me <me@sender.example>:",
]
HEADER_BLOCKS = [
    "From: Me <me@sender.example>\nSent: Monday, March 3, 2025 10:00 AM\nTo: You\nSubject: Hello",
    "________________________________\nVon: Me <me@sender.example>\nGesendet: 3. März 2025\nAn: Sie\nBetreff: x",
    "De : Me <me@sender.example>\nEnvoyé : lundi 3 mars 2025 10:00\nÀ : Vous\nObjet : Bonjour",
    "*From:* Me <me@sender.example>\n*Date:* Monday, 3 March 2025\n*To:* You",
    "Od: Me <me@sender.example>\nWysłano: poniedziałek, 3 marca 2025\nDo: Ty\nTemat: Cześć",
    "De: Me\nEnviado el: lunes, 3 de marzo de 2025 10:00\nPara: Usted\nAsunto: Hola",
    "Da: Me\nInviato: lunedì 3 marzo 2025 10:00\nA: Lei\nOggetto: Salve",
    "Van: Me\nVerzonden: maandag 3 maart 2025 10:00\nAan: U\nOnderwerp: Hallo",
    "Från: Me\nSkickat: den 3 mars 2025 10:00\nTill: Dig\nÄmne: Hej",
    "От: Me\nОтправлено: 3 марта 2025\nКому: Вам\nТема: Привет",
    "-----Original Message-----\nFrom: Me",
    "-------- Ursprüngliche Nachricht --------\nBetreff: Hallo",
    "---------- Forwarded message ---------\nFrom: Me",
    "Begin forwarded message:\n\nFrom: Me",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("mark", ["> ", ">", "| "])
def test_a_marked_quote_goes_with_the_line_above_it(attribution: str, mark: str) -> None:
    text = f"Yes, gladly.\n\n{attribution}\n\n{mark}the old text\n{mark}and more\n"

    split = split_reply(text)

    assert (split.new, split.has_quote) == ("Yes, gladly.", True)


@pytest.mark.parametrize(
    "original", [*[a for a in ATTRIBUTIONS if "2025年" not in a and "пн, 3" not in a], *HEADER_BLOCKS]
)
def test_an_unmarked_quote_goes_to_the_end(original: str) -> None:
    split = split_reply(f"Yes, gladly.\n\n{original}\n\nthe old text\n")

    assert (split.new, split.has_quote) == ("Yes, gladly.", True)


@pytest.mark.parametrize(
    "text",
    [
        "My boss wrote:\nwe should do this.",
        "Three things:\n- price\n- date",
        "From: what I hear, it is good.\nThanks",
        "Our terms:\nTo: be agreed on Monday",
        "I met Me on Monday at 10:00 and he wrote down this: yes.",
        "See you at 10:00: bring the papers.",
        "--\nAnn",
    ],
)
def test_what_a_person_writes_stays_whole(text: str) -> None:
    assert split_reply(text).new == text


def test_answers_between_and_below_quotes_are_kept() -> None:
    text = "On 3/3/25 10:00, Me wrote:\n> How much?\n20 percent.\n> When?\nNext week.\n-- \nAnn\nHead of things"

    split = split_reply(text)

    assert (split.new, split.signature) == ("20 percent.\nNext week.", "--\nAnn\nHead of things")


def test_a_phone_line_is_a_signature_only_at_the_end() -> None:
    assert split_reply("Ok\n\nSent from my iPhone").new == "Ok"
    assert split_reply("Sent from the office:\na\nb\nc\nd\ne").new.startswith("Sent from the office")


def test_html_quotes_are_marked_and_hidden_text_is_left_out() -> None:
    page = (
        "<html><head><title>t</title><style>p{}</style></head><body><div style='display:none'>preheader</div>"
        "<p>Yes&nbsp;<b>please</b></p><ul><li>one</li><li>two</li></ul><blockquote>old<blockquote>older</blockquote>"
        "</blockquote><script>x()</script><!-- c -->end</body></html>"
    )

    assert text_of_html(page) == "Yes please\n\none\ntwo\n\n> old\n>> older\nend"


@pytest.mark.parametrize(
    "original",
    [
        '<div id="divRplyFwdMsg">x</div><div>old</div>',
        '<div id="appendonsend"></div><hr><div>old</div>',
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm"><p>Fra: x</p></div><p>old</p>',
        '<div class="yahoo_quoted"><div>old</div></div>',
        '<div class="gmail_quote">On 3 Mar 2025, 10:00 Me wrote:<br><blockquote>old</blockquote></div>',
        '<div class="moz-cite-prefix">Am 3.3.25 um 10:00 schrieb Me:<br></div><blockquote type="cite">old</blockquote>',
    ],
)
def test_the_marks_of_mail_programs_are_read(original: str) -> None:
    assert split_reply(text_of_html(f"<p>Yes</p>{original}")).new == "Yes"
