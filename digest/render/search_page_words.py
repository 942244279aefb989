"""Words of the search page."""

from __future__ import annotations

from digest.model import Both

SEARCH_PAGE_WORDS: dict[str, Both] = {
    "search-field": Both("搜索全部日报，中英文均可", "Search all days, in Chinese or English"),
    "search-go": Both("搜索", "Search"),
    "search-starting": Both("正在载入索引……", "Loading the index …"),
    "search-posts": Both("含有这些词的博文", "Posts with these words"),
    "search-some": Both(
        "没有一篇包含全部关键词；下面这些含有其中一部分。", "No post has all of these words; these have some of them."
    ),
    "search-none": Both(
        "没有找到。换个说法、少写几个词，或者用另一种语言再试；命令行的 digest search 还能按意思找。",
        "Nothing found. Try other words, fewer of them, or the other language; digest search, on the command line, "
        "also finds by meaning.",
    ),
    "search-lost": Both(
        "索引没能载入，现在无法搜索。请稍后刷新再试；要找某一天，请看归档。",
        "The index could not be loaded, so nothing can be searched now. Reload the page later; the archive has every "
        "day.",
    ),
    "search-file": Both(
        "这一页是直接从文件打开的，浏览器因此不让它读取索引。运行 digest serve，再打开它给出的地址。",
        "This page was opened from a file, and a browser lets no such page read the index. Run digest serve and open "
        "the address that it names.",
    ),
    "search-script": Both(
        "搜索需要 JavaScript。没有它，请看归档，或在命令行运行 digest search。",
        "Searching needs JavaScript. Without it, see the archive, or run digest search on the command line.",
    ),
    "search-more": Both("更多结果", "More results"),
    "search-more-pairs": Both("本篇还有 {} 对", "{} more pairs of this post"),
    "search-results": Both("搜索结果", "Search results"),
}
