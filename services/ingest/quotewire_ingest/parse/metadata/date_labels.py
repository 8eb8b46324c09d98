"""Words and class names by which pages tell the day of publication from the day of the last change."""

from __future__ import annotations

import re
from enum import Enum

_CHANGED_WORDS = re.compile(
    r"updat|modifi|edited|revised|correct|amended|aktuali|aktualiz|geändert|überarbeitet|\bstand\b|mis(?:e)? à jour"
    r"|actualiz|atualiza|aggiorna|bijgewerkt|gewijzigd|zaktualiz|frissít|frissült|módosít|обновл|изменен|оновлен|змінено"
    r"|ενημερ|τροποπο|güncelle|oppdater|opdater|uppdater|ändrad|päivitet|muokattu|actualitz|ažurir|ажурир|актуализ|अपडेट|আপডেট|zmenené|změněno"
    r"|تحديث|تعديل|به‌روز|بروزرسانی|更新|修訂|修订|최종|수정|업데이트"
    r"|อัปเดต|อัพเดต|ปรับปรุง|cập nhật|diperbarui|dikemas|עודכן|עדכון",
    re.IGNORECASE,
)
_PUBLISHED_WORDS = re.compile(
    r"publi[sckqé]|\bposted|created|\bissued|\breleased|veröffentlicht|erstellt|\berschienen|\bparu\b|pubblica|geplaatst"
    r"|opublik|\bdodano|zveřejn|zverejn|vydáno|megjelen|közzét|публик|публік|размещ|опубл|δημοσ|yayın|\bgiriş|udgivet"
    r"|offentliggj|julkais|objav|објављ|प्रकाशित|প্রকাশ|نشر|منتشر|發布|发布|發佈|发表|發表|公開|掲載|配信|등록|입력|게재|เผยแพร่|\bđăng\b|diterbitkan"
    r"|\bterbit\b|פורסם|\bposlano|pubblicazione",
    re.IGNORECASE,
)
_OTHER_WORDS = re.compile(
    r"등록년월일|등록일자|발행일자|\bfounded|\bestablished|\bexpires|\bdeadline|\bsince\b|\buntil\b|\bborn\b",
    re.IGNORECASE,
)
# "Date:" directly before a date.
_DATE_WORD = re.compile(
    r"\b(?:dat[aeo]|datum|fecha|дата|ημερομηνία|tarihi?|tanggal|日期|日付|時間|时间)\W*$", re.IGNORECASE
)
_CHANGED_MARK = re.compile(r"updat|modif|revis|lastmod|edited|changed", re.IGNORECASE)
_PUBLISHED_MARK = re.compile(r"publi[sc]|posted|created|pub-?date|entry-date|issued|first-?date", re.IGNORECASE)
_DATE_MARK = re.compile(r"date|time|datum|fecha|stamp|meta|by-?line|published|posted|info|dateline", re.IGNORECASE)


class DateKind(Enum):
    """What a page says of one of its dates."""

    PUBLISHED = "published"
    CHANGED = "changed"
    OTHER = "other"
    """Of something else than the article."""
    MARKED = "marked"
    """Shown as a date, without saying which."""
    PLAIN = "plain"


def kind_by_words(label: str) -> DateKind | None:
    """Return what the words beside a date say; the last of them counts ("Published by … Updated")."""
    changed = [match.start() for match in _CHANGED_WORDS.finditer(label)]
    published = [match.start() for match in _PUBLISHED_WORDS.finditer(label)]
    if _OTHER_WORDS.search(label):
        return DateKind.OTHER
    if not changed and not published:
        return DateKind.PUBLISHED if _DATE_WORD.search(label) else None
    return DateKind.CHANGED if max(changed, default=-1) > max(published, default=-1) else DateKind.PUBLISHED


def kind_by_marks(marks: str) -> DateKind | None:
    """Return what class names and the like say. WordPress marks an unchanged article ``published updated``."""
    if _PUBLISHED_MARK.search(marks):
        return DateKind.PUBLISHED
    if _CHANGED_MARK.search(marks):
        return DateKind.CHANGED
    return DateKind.MARKED if _DATE_MARK.search(marks) else None
