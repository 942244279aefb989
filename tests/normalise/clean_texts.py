"""Clean text in many scripts and languages, none of which may ever be changed."""

from __future__ import annotations

ZH = "这个模型的训练数据来自许多公开的网站，我们会在下面说明如何使用它，并欢迎读者提出意见。"
TW = "這個模型的訓練資料來自許多公開的網站，我們會在下面說明如何使用它，並歡迎讀者提出意見，也歡迎您轉載這篇文章。"
CLEAN = {
    "zh": ZH,
    "tw": TW,
    "ja": "このモデルは公開データで学習されました。使い方は以下の通りです。",
    "ko": "이 모델은 공개된 데이터로 학습되었습니다. 사용 방법은 아래와 같습니다.",
    "fr": "L’été où ça brûle : « déjà vu », naïve café à côté, “qualité” — Noël, cœur, garçon, où êtes-vous ?",
    "de": "Größe, Straße, Übermaß: „groß“ und »weiß« – so heißt’s; außerdem Ärger, Öl, Füße…",
    "tr": "İstanbul’da ışık ve gölge; ağaç, şehir, çığ, Iğdır, Şırnak, “doğru” değil mi? Ğ ğ ş Ş ı İ",
    "vi": "Tiếng Việt có dấu: mô hình ngôn ngữ được huấn luyện trên dữ liệu công khai.",
    "pl": "Zażółć gęślą jaźń; źródło, „świat”, łódź, Žižek í Škoda, ďábel, žluťoučký kůň",
    "es": "El Niño también llegó a São Paulo más tarde, según él: ¿qué ñandú? ¡Así!",
    "pt": "AMANHÃ É SÃO JOÃO À NOITE; não há ação, você, três, avô — às vezes",
    "is": "Þetta er íslenska: ð, þ, æ, ö, á, é, í, ó, ú, ý — „gæsalappir“",
    "ru": "Это модель «обучена» на открытых данных — её описание ниже; съёмка №5…",
    "el": "Το μοντέλο εκπαιδεύτηκε σε ανοιχτά δεδομένα· «ναι», Ά, Έ…",
    "ar": "تم تدريب هذا النموذج على بيانات مفتوحة، وهذه طريقة الاستخدام.",
    "hi": "यह मॉडल खुले डेटा पर प्रशिक्षित है।",
    "th": "แบบจำลองนี้ได้รับการฝึกจากข้อมูลสาธารณะ",
    "box": "┌──┬──┐\n│ä │ü │\n├──┼──┤\n└──┴──┘ ░▒▓█ ╔═╗",
    "mathematics": "∀ε>0 ∃δ: |x−x₀|<δ ⇒ |f(x)−f(x₀)|<ε; ∑ᵢ αᵢ² ≤ π·√2 ± ½; ∫₀^∞ e^{−x} dx",
    "money": "£5, €10, ¥100, ₿1, 5 ¢, ©®™ §4 ¶ 20 °C ±3 µm ×2 ÷4 ¼ ½ ¾ «a» ‹b›",
    "marks": "“全角，标点！”（ＡＢＣ）…… —— 「引」『用』【注】《书》〈篇〉",
    "table": "| é | à | ü |\n|---|---|---|\n| œ | 1 | ñ |",
    "hard": "a\u00a0b 👩\u200d💻 “x” ‘y’ soft\u00adhyphen no\u2011break ﬁ ＡＢＣ",
    "entities": "&lt;b&gt; stays escaped, &nbsp; too; AT&T, R&amp;D é",
    "shouting": "ÀÉÎÕÜ ÇÃO ÄÖÜ ßÆØÅ ĞŞİ",
}
