#!/bin/sh
# What `make run` does once all is installed: opens the window, or where there is no display does
# the main job without one. Usage: run.sh [FOLDER], or what `kitsort classify` takes.
set -eu

kitsort=.venv/bin/kitsort
demo="build/demo library"
sorted="build/demo sorted"
picture=build/window.png
samples=${1-}
case $samples in "~/"*) if [ -e "$HOME/${samples#*/}" ]; then samples="$HOME/${samples#*/}"; fi ;; esac

why_not=$(.venv/bin/python -c 'from app.ui.display import why_no_display as why; print(why() or "")')

if [ -z "$samples" ]; then
  # A catalog of its own: nobody wants sixty synthesised sounds in his library.
  export KITSORT_CATALOG="build/demo catalog.sqlite"
  "$kitsort" demo "$demo"
  if [ -z "$why_not" ]; then exec "$kitsort" window "$demo"; fi
elif [ -e "$samples" ]; then
  if [ -z "$why_not" ]; then exec "$kitsort" window "$samples"; fi
else # options, or several folders
  eval "exec $kitsort classify $samples"
fi

say() { printf '\n%s\n' "$*"; }

rm -f "$picture"
mkdir -p build
say "$why_not So here is the main job without a window:"
if [ -z "$samples" ]; then
  say "> kitsort scan \"$demo\""
  "$kitsort" scan "$demo"
  say "> kitsort list"
  "$kitsort" list
  say "> kitsort sort --all --into \"$sorted\" --yes"
  "$kitsort" sort --all --into "$sorted" --yes
  say "> kitsort undo --yes"
  "$kitsort" undo --yes
  "$kitsort" window --picture "$picture"
else
  say "> kitsort classify \"$samples\""
  "$kitsort" classify "$samples"
  say "None of them was touched. To keep a library of them: kitsort scan. To sort them: kitsort sort."
  # Of these alone, whatever else is in the library; and nothing of it is kept.
  rm -f build/picture.sqlite*
  "$kitsort" window --catalog build/picture.sqlite --picture "$picture" "$samples"
fi
say "A picture of the window: $(pwd)/$picture"
