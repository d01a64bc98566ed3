"""The few words a site's frame says around its own writing, in the languages of the demo."""

from __future__ import annotations

from datetime import date

MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
    "pl": (
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"
    ).split(),
}

LABELS = {
    "en": {
        "cookies": "We use cookies to see which pages people read. You can say no and the site still works.",
        "accept": "Accept all",
        "decline": "Only necessary",
        "skip": "Skip to content",
        "rights": "All rights reserved.",
        "recent": "Recent posts",
        "subscribe": "Subscribe",
        "email": "Your email",
        "your_name": "Your name",
        "message": "Message",
        "send": "Send",
        "more": "Read more",
        "by": "By",
        "buy": "Add to cart",
        "search": "Search",
        "show_code": "Show code",
        "missing": "Page not found",
        "protected": "This email address is protected. Switch on JavaScript to see it.",
    },
    "de": {
        "cookies": "Wir verwenden Cookies, um unsere Website zu verbessern. Sie können die Auswahl jederzeit ändern.",
        "accept": "Alle akzeptieren",
        "decline": "Nur notwendige",
        "skip": "Zum Inhalt springen",
        "rights": "Alle Rechte vorbehalten.",
        "recent": "Neueste Beiträge",
        "subscribe": "Abonnieren",
        "email": "Ihre E-Mail-Adresse",
        "your_name": "Ihr Name",
        "message": "Nachricht",
        "send": "Absenden",
        "more": "Weiterlesen",
        "by": "Von",
        "buy": "In den Warenkorb",
        "search": "Suchen",
        "show_code": "Code anzeigen",
        "missing": "Seite nicht gefunden",
        "protected": "Diese E-Mail-Adresse ist geschützt. Bitte JavaScript einschalten.",
    },
    "pl": {
        "cookies": "Używamy plików cookie, żeby wiedzieć, co czytacie. Można odmówić, strona będzie działać.",
        "accept": "Akceptuję",
        "decline": "Tylko niezbędne",
        "skip": "Przejdź do treści",
        "rights": "Wszelkie prawa zastrzeżone.",
        "recent": "Ostatnie wpisy",
        "subscribe": "Zapisz się",
        "email": "Twój e-mail",
        "your_name": "Imię i nazwisko",
        "message": "Wiadomość",
        "send": "Wyślij",
        "more": "Czytaj dalej",
        "by": "Autor:",
        "buy": "Do koszyka",
        "search": "Szukaj",
        "show_code": "Pokaż kod",
        "missing": "Nie znaleziono strony",
        "protected": "Ten adres e-mail jest chroniony. Włącz JavaScript, żeby go zobaczyć.",
    },
}


def written_date(day: date, language: str) -> str:
    """Return ``day`` as a site in that language prints it: "March 4, 2026", "4. März 2026", "4 marca 2026"."""
    month = MONTHS[language][day.month - 1]
    if language == "de":
        return f"{day.day}. {month} {day.year}"
    if language == "pl":
        return f"{day.day} {month} {day.year}"
    return f"{month} {day.day}, {day.year}"
