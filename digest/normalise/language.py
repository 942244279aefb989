"""Which language a text is in: by share of scripts for lines, by langdetect only for whole documents in Latin script.

langdetect fails on short and mixed text ("使用Python运行GPT-4o" → vi, "OK" → pt), so lines are never given to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from digest.model import base_lang

# What says nothing of a line's language: code, addresses, file names, and words with digits or inner capitals (names).
_NEUTRAL = re.compile(
    r"`[^`]*`|\$[^$\n]+\$|https?://[\w./?&=#%~+:@!$;,*-]+|[\w.+-]{1,64}@[\w.-]{1,100}"
    r"|(?<![A-Za-z0-9_])[A-Za-z0-9_]{1,60}(?:[_/.\\][A-Za-z0-9_]{1,60})+(?![A-Za-z0-9_])"
    r"|(?<![A-Za-z0-9_])[A-Za-z]*[0-9][A-Za-z0-9_]*"
)
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ebef]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+(?:['’-][A-Za-z\u00c0-\u024f\u1e00-\u1eff]+)*")
_OTHER = (
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("el", re.compile("[\u0370-\u03ff]")),
)

# Characters written in one of the two only, as pairs simplified/traditional (general knowledge; frequent ones of
# technical prose; characters that both use, such as 后 里 只 系 台 面 发, are left out).
_PAIRS = (
    "这這们們来來说說时時会會为為国國过過经經么麼学學现現当當没沒动動开開进進样樣还還对對实實无無与與机機点點业業将將"
    "两兩间間问問应應战戰头頭体體见見产產话話内內给給门門东東声聲员員论論处處义義条條气氣题題变變总總电電数數报報结結"
    "务務场場计計资資许許统統区區队隊请請书書车車长長网網亲親爱愛欢歡乐樂广廣让讓觉覺买買卖賣听聽从從号號几幾该該转轉"
    "单單视視设設认認关關据據线線读讀写寫种種测測试試训訓练練类類别別术術图圖绍紹细細级級组組织織维維码碼译譯词詞语語"
    "调調谢謝识識议議记記讲講证證评評诉訴诸諸谁誰软軟输輸载載较較边邊达達迁遷运運连連选選适適错錯键鍵链鏈铁鐵银銀销銷"
    "锁鎖阅閱队隊阶階际際陆陸险險难難雾霧预預频頻领領题題颜顏额額风風飞飛饭飯饮飲马馬驱驅驶駛验驗鱼魚鸟鳥麦麥黄黃齐齊"
    "龙龍龟龜专專严嚴个個临臨丰豐举舉乌烏乡鄉习習争爭亚亞亿億仅僅仓倉优優伟偉传傳伤傷众眾儿兒关關养養决決况況减減凤鳳"
    "则則创創剧劇务務劳勞势勢华華协協卫衛厂廠历歷压壓参參双雙叶葉吗嗎启啟响響围圍园園圆圓团團块塊坏壞坚堅备備够夠夺奪奖獎"
    "妈媽孙孫宁寧实實宝寶审審宽寬宾賓导導寻尋尔爾尘塵属屬岁歲币幣师師带帶帮幫库庫庆慶废廢异異张張弹彈归歸录錄彻徹"
    "态態惊驚惯慣戏戲户戶执執扩擴扫掃护護拟擬择擇损損换換掷擲断斷旧舊显顯晓曉暂暫杂雜权權极極构構枪槍树樹标標检檢楼樓"
    "欧歐残殘毁毀汇匯汉漢沟溝济濟浅淺涨漲渐漸温溫满滿滤濾灭滅灯燈灵靈热熱爷爺牵牽状狀独獨猫貓环環疗療盘盤监監盖蓋码碼"
    "确確础礎离離种種积積称稱稳穩穷窮竞競笔筆简簡签簽纠糾红紅约約纪紀纯純纲綱纳納纸紙纹紋终終绑綁继繼续續绩績绪緒绿綠"
    "缓緩编編缩縮罗羅职職联聯聪聰肤膚胜勝脑腦脚腳节節芦蘆苏蘇获獲虑慮虽雖补補装裝规規览覽誉譽订訂讨討访訪诀訣译譯"
    "负負财財责責败敗货貨质質贝貝购購贴貼费費贵貴贷貸赞贊赛賽趋趨跃躍轮輪轻輕辑輯辞辭远遠违違递遞邮郵释釋针針钟鐘钱錢"
    "闭閉闲閒闻聞随隨隐隱页頁顶頂项項顺順须須顾顧饰飾馆館鲜鮮"
)
_SIMPLIFIED = frozenset(_PAIRS[::2])
_TRADITIONAL = frozenset(_PAIRS[1::2])


def language_of(text: str) -> str:
    """Tell a text's language by its scripts: "zh-Hans", "zh-Hant", "ja", "ko", "ru" …, "en" for Latin, "" for none.

    >>> language_of("使用Python运行GPT-4o"), language_of("OK"), language_of("簡體中文轉換")
    ('zh-Hans', 'en', 'zh-Hant')
    """
    plain = _NEUTRAL.sub(" ", text)
    counts = _script_counts(plain)
    if not any(counts.values()):
        counts = _script_counts(text)
    han, kana, hangul, latin = counts["han"], counts["kana"], counts["hangul"], counts["latin"]
    if kana >= 2 and kana >= 0.1 * (han + kana):
        return "ja"
    name, most = max(((n, counts[n]) for n, _ in _OTHER), key=lambda item: item[1])
    if hangul > max(han, latin, most):
        return "ko"
    if most > 2 * max(han, latin):
        return name
    # One Han character holds about two thirds of an English word (hfblog: 1.6 characters a word), and a Chinese line
    # often carries English names; an English line seldom carries Chinese ones.
    if han and han * 2 >= latin:
        return _script_of(text)
    return "en" if latin else ""


def _script_counts(text: str) -> dict[str, int]:
    counts = {
        "han": len(_HAN.findall(text)),
        "kana": len(_KANA.findall(text)),
        "hangul": len(_HANGUL.findall(text)),
        "latin": len(_LATIN_WORD.findall(text)),
    }
    return counts | {name: len(pattern.findall(text)) // 3 for name, pattern in _OTHER}


def _script_of(text: str) -> str:
    """Tell simplified from traditional by the characters that only one of them has; simplified where none tells."""
    simplified = sum(1 for ch in text if ch in _SIMPLIFIED)
    traditional = sum(1 for ch in text if ch in _TRADITIONAL)
    return "zh-Hant" if traditional > simplified else "zh-Hans"


def side_of(text: str) -> str:
    """Give the side a line stands on: "zh", "en" (any Latin text), or "" for neither.

    >>> [side_of(s) for s in ("Gradio是一个UI库", "OK", "v1.2.3", "日本語のテキストです", "42")]
    ['zh', 'en', 'en', '', '']
    """
    lang = base_lang(language_of(text))
    return lang if lang in ("zh", "en") else ""


# Function words of English that no other language in Latin script has many of. Of 804 pieces of web pages (4,000
# characters each) those that langdetect took for another language had at most .6 % of them, and it took every piece
# with _ENGLISH_SHARE of them for English. It takes 15 ms a text; counting takes a hundredth of that.
_ENGLISH_WORDS = frozenset(
    ("the", "and", "that", "with", "which", "this", "from", "have", "you", "our", "your", "their", "its", "these",
     "when", "how", "they", "would", "but", "were", "into", "than")
)  # fmt: skip
_ENGLISH_SHARE = 0.05
_ENGLISH_KINDS = 4  # so many different ones: a name that holds "the" may stand in every line
_SOME_WORDS = 1_000  # of the text's beginning, which is what langdetect is given too
_LEAST_WORDS = 8  # fewer say nothing to langdetect (measured: "OK" → pt)


def language_of_document(texts: Iterable[str], declared: str = "") -> str:
    """Give the language of a whole document from its paragraphs' texts (code left out by the caller).

    `declared` (a feed's or page's word) decides only where the text does not: no letters, or Latin text too short.
    """
    text = "\n".join(texts)[:200_000]
    found = language_of(text)
    if found != "en":
        return found or declared
    plain = _NEUTRAL.sub(" ", text)
    words = _LATIN_WORD.findall(plain)
    if len(words) < _LEAST_WORDS:
        return declared if declared and base_lang(declared) != "zh" else "en"
    return "en" if _plainly_english(words) else _latin_language(plain) or "en"


def _plainly_english(words: Sequence[str]) -> bool:
    found = [word for word in map(str.lower, words[:_SOME_WORDS]) if word in _ENGLISH_WORDS]
    return len(found) >= _ENGLISH_SHARE * len(words[:_SOME_WORDS]) and len(set(found)) >= _ENGLISH_KINDS


def _latin_language(text: str) -> str:
    from langdetect import DetectorFactory, LangDetectException, detect_langs

    DetectorFactory.seed = 0
    try:
        best = detect_langs(text[:5_000])[0]
    except LangDetectException:
        return ""
    # Lists of names and commands are taken for anything: a third language must be nearly certain.
    return str(best.lang) if best.prob > 0.9 and best.lang not in ("zh-cn", "zh-tw") else ""
