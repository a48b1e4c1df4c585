"""Whether a page is all in the language that it is asked for in."""

import re
from collections.abc import Collection
from html import unescape

from django.test import Client

from tests.catalogues import catalogue_of, read_catalogue

LOCALES = {"pt-br": "pt_BR", "es": "es"}


def texts_of(page: str) -> set[str]:
    """What stands between the tags, and in the attributes that people read. Code to copy is the same everywhere."""
    body = re.sub(r"<(script|style|code)\b.*?</\1>", "", page, flags=re.DOTALL)
    shown = re.findall(r">([^<]+)<", body) + re.findall(r'(?:aria-label|placeholder)="([^"]+)"', body)
    return {" ".join(unescape(text).split()).removesuffix(":") for text in shown}


def ensure_no_english(page: str, language: str, but: Collection[str] = ()) -> None:
    """None of our English messages stands there where the language has another word; `but` are names, which may."""
    messages = read_catalogue(catalogue_of(LOCALES[language]))
    english = {m.source for m in messages if m.source not in m.texts}
    own_words = {text for m in messages for text in m.texts}
    for words in (english, own_words):
        words |= {text[:1].upper() + text[1:] for text in words}
    assert texts_of(page) & english - own_words - {"English", *but} == set()


def page_in(language: str, path: str, client: Client) -> str:
    page = client.get(path, headers={"accept-language": language})
    assert page.status_code == 200
    return page.content.decode()
