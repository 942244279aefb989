#!/bin/sh
# Makes sure of Debian's chromium and of a font with Chinese characters (without one they show as boxes).
set -eu
have() { command -v chromium >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh-cn 2>/dev/null | head -n 1)" ]; }
have && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk fontconfig >/dev/null
fi
have && exit 0
echo "test-browser: needs chromium and fonts-noto-cjk; install them: sudo apt-get install chromium fonts-noto-cjk" >&2
exit 1
