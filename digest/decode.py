"""Turn bytes and a declared charset into text, before any parser sees them.

The order: byte order mark; UTF-8 if it decodes strictly; the declared charset if it decodes and reads like text;
detection; and as a last resort replacement, which the result admits. Labels mean what browsers take them to mean
(WHATWG Encoding Standard): iso-8859-1 is windows-1252, gb2312 and gbk are GB18030, big5 is Big5-HKSCS, and UTF-7 is
never read.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

How = Literal["bom", "utf-8", "declared", "detected", "replaced"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the Python name of the codec that gave it, and on whose word. "replaced" text holds U+FFFD."""

    text: str
    encoding: str
    how: How


# The longer mark first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# WHATWG Encoding Standard, "Names and labels": what pages write, and the Python codec that reads it. Only these are
# ever used: Python knows codecs (utf_7, unicode_escape, punycode …) that no page may choose.
_LABELS = {
    "utf-8": ("utf-8", "utf8", "unicode-1-1-utf-8", "x-unicode20utf8"),
    "gb18030": (
        "gb18030",
        "gb2312",
        "gbk",
        "x-gbk",
        "gb_2312",
        "gb_2312-80",
        "chinese",
        "csgb2312",
        "cp936",
        "gb-2312",
    ),
    "big5hkscs": ("big5", "big5-hkscs", "cn-big5", "csbig5", "x-x-big5", "cp950", "big-5"),
    "cp932": ("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j", "csshiftjis", "ms932", "cp932"),
    "euc_jp": ("euc-jp", "x-euc-jp", "cseucpkdfmtjapanese", "eucjp"),
    "iso2022_jp": ("iso-2022-jp", "csiso2022jp"),
    "cp949": ("euc-kr", "ks_c_5601-1987", "ks_c_5601-1989", "ksc5601", "ksc_5601", "korean", "windows-949", "cp949"),
    "cp1252": ("windows-1252", "iso-8859-1", "iso8859-1", "iso88591", "latin1", "l1", "ascii", "us-ascii", "cp1252"),
    "cp1250": ("windows-1250", "cp1250", "x-cp1250"),
    "cp1251": ("windows-1251", "cp1251", "x-cp1251"),
    "cp1253": ("windows-1253", "cp1253"),
    "cp1254": ("windows-1254", "cp1254", "iso-8859-9", "latin5"),
    "cp1255": ("windows-1255", "cp1255"),
    "cp1256": ("windows-1256", "cp1256"),
    "cp1257": ("windows-1257", "cp1257"),
    "cp1258": ("windows-1258", "cp1258"),
    "cp874": ("windows-874", "tis-620", "iso-8859-11"),
    "cp866": ("ibm866", "cp866", "866"),
    "koi8_r": ("koi8-r", "koi8", "koi"),
    "koi8_u": ("koi8-u", "koi8-ru"),
    "mac_roman": ("macintosh", "x-mac-roman", "mac"),
    "iso8859_8": ("iso-8859-8-i", "logical"),
    "utf-16-le": ("utf-16", "utf-16le", "ucs-2", "unicode"),
    "utf-16-be": ("utf-16be",),
} | {f"iso8859_{n}": (f"iso-8859-{n}", f"iso8859-{n}") for n in (2, 3, 4, 5, 6, 7, 10, 13, 14, 15, 16)}
_CODEC = {label: codec for codec, labels in _LABELS.items() for label in labels} | {"iso-8859-8": "iso8859_8"}
# Wider tables of the same encoding, for bytes that Python's own table lacks.
_WIDER = {"big5hkscs": "cp950", "euc_jp": "euc_jis_2004", "cp949": "johab"}
_EAST_ASIAN = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")

# The frequent characters of running text (general knowledge; order does not matter). They are what tells a right
# reading from a wrong one: about four in ten Han characters of any Chinese text are among the first hundred.
_COMMON = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所"
    "然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与"
    "长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己"
    "制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系"
    "气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便"
    "這個們來說時會為國過發後裡經麼學現當沒動開進樣還對實無與機點業將兩間問應戰頭體見產話內給門東聲員論處義條氣題"
    "變總電數報結務場計資許統區隊請書車長網親愛歡樂廣讓覺買賣聽從號幾該轉單視設認關係據線讀"
    "请书网站欢迎您吗呢吧啊吃让每月客户服务版本系统软件数据"
    "日本人年大出中会国一月分生見社者時間行地方後前事手場今回自上東同者合部発業新最入作定用"
)
_COMMON_HANGUL = frozenset(
    "이다는의에가을를고하은기지로사한도리자인아어나시그서정일과니대라수스보전해있해요습만부상제들원우"
)
_C1_TO_1252 = {0x80 + i: ch for i, ch in enumerate("€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ")}


def decode(body: bytes, declared: str = "") -> Decoded:
    """Read bytes as text; never fails.

    >>> decode("中文摘要，每日一篇".encode("gbk"), "gb2312")
    Decoded(text='中文摘要，每日一篇', encoding='gb18030', how='declared')
    >>> decode("摘要".encode(), "gbk").how
    'utf-8'
    """
    marked = _by_mark(body)
    if marked:
        return marked
    codec = codec_of(declared)
    seven_bit = codec == "iso2022_jp" and b"\x1b" in body
    wide = codec if codec.startswith("utf-16") else _wide_codec(body)
    for name, how in (("iso2022_jp" if seven_bit else "", "declared"), (wide if b"\0" in body else "", "detected")):
        text = _strict(body, name) if name else None
        if text is not None and _sense(text, name) > _SENSE:
            return Decoded(text, name, "declared" if name == codec else how)  # type: ignore[arg-type]
    text = _strict(body, "utf-8")
    if text is not None:
        return Decoded(text, "utf-8", "utf-8")
    return _declared(body, codec) or _nearly_utf8(body) or _detected(body) or _replaced(body, codec)


def codec_of(label: str) -> str:
    """Give the Python codec for a label as a page writes it; "" where browsers would not use it.

    >>> codec_of(" GB2312 "), codec_of("ISO-8859-1"), codec_of("utf-7")
    ('gb18030', 'cp1252', '')
    """
    return _CODEC.get(label.strip().strip("\"'").lower(), "")


_CONTENT_TYPE = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]+)", re.IGNORECASE)
_PROLOG = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:+-]+)", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:+-]+)", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)


def declared_charset(content_type: str, body: bytes) -> str:
    """Find the charset that the sender names: HTTP header, then XML prolog, then HTML meta in the first 4 kB.

    The header beats the document, as in browsers. A label that nobody may use (utf-7, a typing error) counts as absent.

    >>> declared_charset("text/html", b'<meta http-equiv="Content-Type" content="text/html; charset=gb2312">')
    'gb2312'
    """
    head = body[:4096]
    names = [m.group(1) for m in [_CONTENT_TYPE.search(content_type)] if m]
    names += [m.group(1).decode("ascii") for m in [_PROLOG.search(head)] if m]
    names += [m.group(1).decode("ascii") for m in _META.finditer(_COMMENT.sub(b"", head))]
    usable = (name.lower() for name in names if codec_of(name))
    return next(usable, "")


# ---- the steps ------------------------------------------------------------------------------------------------------

# Share of sense (see _sense) above which a reading is believed. Right readings of the 46 files of chardet's East Asian
# and UTF-8 folders lie above .45, wrong ones below .2.
_SENSE = 0.25
_SAMPLE = 200_000  # characters that suffice to judge a reading


def _by_mark(body: bytes) -> Decoded | None:
    for mark, codec in _MARKS:
        if body.startswith(mark):
            text = _strict(body[len(mark) :], codec)
            if text is not None:
                return Decoded(text, codec, "bom")
            return Decoded(body[len(mark) :].decode(codec, "replace"), codec, "replaced")
    return None


def _wide_codec(body: bytes) -> str:
    """Guess UTF-16 without a mark: markup and spaces have a zero in every second byte."""
    head = body[:4096]
    if len(head) < 4:
        return ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) // 16:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _strict(body: bytes, codec: str) -> str | None:
    """Decode without forgiveness, by the codec or its wider table; None where neither fits."""
    if codec == "cp1252":  # browsers let its five undefined bytes through as C1 controls
        return body.decode("latin-1").translate(_C1_TO_1252)
    for name in (codec, _WIDER.get(codec, "")):
        try:
            if name:
                return body.decode(name)
        except UnicodeDecodeError:
            continue
    return None


def _declared(body: bytes, codec: str) -> Decoded | None:
    if codec in ("", "utf-8", "iso2022_jp"):
        return None
    text = _strict(body, codec)
    if text is None:
        return None
    sense = _sense(text, codec)
    if sense > _SENSE:
        return Decoded(text, codec, "declared")
    rival = _best(body)
    if rival and rival[0] > max(_SENSE, sense + 0.2):
        return None
    return Decoded(text, codec, "declared")


def _nearly_utf8(body: bytes) -> Decoded | None:
    """Read as UTF-8 what is UTF-8 but for a few broken places: a character cut in two, a stray byte."""
    text = body.decode("utf-8", "replace")
    broken = text.count("�")
    whole = sum(1 for ch in text if ch > "\x7f") - broken
    return Decoded(text, "utf-8", "replaced") if whole >= 20 * broken else None


def _detected(body: bytes) -> Decoded | None:
    best = _best(body)
    if best and best[0] > _SENSE:
        return Decoded(best[1], best[2], "detected")
    from charset_normalizer import from_bytes

    match = from_bytes(body[:_SAMPLE], cp_isolation=[*_LABELS]).best()
    if match and match.encoding not in _EAST_ASIAN:
        text = _strict(body, match.encoding)
        if text is not None and _sense(text, match.encoding) > _SENSE:
            return Decoded(text, match.encoding, "detected")
    return Decoded(best[1], best[2], "detected") if best and best[0] > 0 else None


def _best(body: bytes) -> tuple[float, str, str] | None:
    """Give (sense, text, codec) of the strict reading that makes most sense; ties go to the earlier codec."""
    readings = []
    for codec in (*_EAST_ASIAN, "cp1252"):
        text = _strict(body, codec)
        if text is not None:
            readings.append((_sense(text, codec), text, codec))
    return max(readings, key=lambda reading: reading[0], default=None)


def _replaced(body: bytes, codec: str) -> Decoded:
    """Read with U+FFFD for what does not decode, by the codec that then makes most sense."""
    names = dict.fromkeys([codec or "utf-8", "utf-8", *_EAST_ASIAN, "cp1252"])
    readings = [(_sense(text := body.decode(name, "replace"), name), text, name) for name in names]
    _, text, name = max(readings, key=lambda reading: reading[0])
    return Decoded(text, name, "replaced")


# ---- does it read like text? ----------------------------------------------------------------------------------------


def _sense(text: str, codec: str) -> float:
    """Give the mean weight of the non-ASCII characters: about .5 to 1 for a right reading, under .2 for a wrong one."""
    text = text[:_SAMPLE]
    counts = Counter(ch for ch in text if ch > "\x7f")
    total = sum(counts.values())
    if not total:
        return 1.0 if text.count("\0") == 0 else 0.0
    if codec.startswith(("cp125", "iso8859", "mac", "koi8", "cp8")):
        return _single_byte_sense(text, total)
    return sum(_weight(ch, codec) * n for ch, n in counts.items()) / total


def common_share(text: str) -> float:
    """Give the share of frequent characters among a text's Han characters; 1 where it has none.

    Above .3 in running Chinese and Japanese, under .1 where bytes were read by the wrong East Asian charset.

    >>> common_share("这是我们的数据"), common_share("杩欐槸鎴戜滑鐨")
    (1.0, 0.0)
    """
    han = [ch for ch in text[:_SAMPLE] if "\u3400" <= ch <= "\u9fff"]
    return sum(ch in _COMMON for ch in han) / len(han) if han else 1.0


def _weight(ch: str, codec: str) -> float:
    """Say how much a character speaks for a reading: frequent ones 1, rare ones little, impossible ones against."""
    if ch in _COMMON:
        return 1.0
    if "\u3041" <= ch <= "\u30fe":  # kana are frequent in Japanese, and row 4 and 5 of GB 2312 by accident only
        return 0.9 if codec in ("cp932", "euc_jp", "utf-16-le", "utf-16-be", "iso2022_jp") else 0.0
    if "\uac00" <= ch <= "\ud7a3":
        return 1.0 if ch in _COMMON_HANGUL else 0.4 if _in_ks_x_1001(ch) else -1.0
    if "\u3000" <= ch <= "\u303f" or "\uff01" <= ch <= "\uff5e" or ch in "“”‘’…—·–":
        return 0.6
    if "\u4e00" <= ch <= "\u9fff":
        return 0.35 if _frequent_row(ch, codec) else -0.1
    if "\uff61" <= ch <= "\uff9f":  # half-width kana: what any high byte becomes in Shift_JIS
        return -0.3
    if ch == "�" or "\ue000" <= ch <= "\uf8ff" or "\x80" <= ch <= "\x9f":
        return -2.0
    if "\u3400" <= ch <= "\u4dbf" or ch >= "\U00020000":
        return 0.6 if "\U0001f300" <= ch <= "\U0001faff" else -0.5
    return 0.1


def _in_ks_x_1001(ch: str) -> bool:
    return len(_bytes_of(ch, "euc_kr")) == 2


def _bytes_of(ch: str, codec: str) -> bytes:
    return ch.encode(codec, "ignore")


def _frequent_row(ch: str, codec: str) -> bool:
    """Tell whether the character stands in the rows that its character set keeps for frequent ones."""
    lead = _bytes_of(ch, codec)[:1]
    if not lead:
        return False
    low, high = {
        "gb18030": (0xB0, 0xD7),
        "big5hkscs": (0xA4, 0xC6),
        "cp932": (0x88, 0x97),
        "euc_jp": (0xB0, 0xCF),
    }.get(codec, (0x00, 0xFF))
    trail = _bytes_of(ch, codec)[1:2]
    if codec == "gb18030" and trail < b"\xa1":  # GBK's extensions fill these rows' lower half with rare characters
        return False
    return low <= lead[0] <= high and codec != "cp949"


def _single_byte_sense(text: str, total: int) -> float:
    """Weigh letters by their company: an accent beside ASCII letters, or a whole word in one other alphabet."""
    good = 0.0
    for left, ch in pairwise(" " + text):
        if ch <= "\x7f":
            continue
        if ch in "“”‘’–—…•·©®«»°™ €£":
            good += 0.7
        elif ch.isalpha() and ch < "\u0250":
            good += 1.0 if left.isascii() and (left.isalpha() or left in " \n\t\"'(<>-") else -0.6
        elif ch.isalpha():
            good += 0.7 if left.isspace() or (left > "\u0250" and left.isalpha() and not ch.isupper()) else -0.3
        else:
            good -= 0.5
    return good / total
