#!/bin/sh
# Puts Kitsort into the menu of this user, from wherever this folder lies; no files are moved.
# Usage: ./install.sh, and ./install.sh --remove to take it out again.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$data/applications/kitsort.desktop
picture=$data/icons/hicolor/scalable/apps/kitsort.svg
command=$HOME/.local/bin/kitsort

if [ "${1-}" = --remove ]; then
  rm -f "$entry" "$picture"
  if [ -L "$command" ]; then rm -f "$command"; fi
  echo "Kitsort is out of the menu; the folder $here is as it was."
  exit 0
fi
if [ -e "$command" ] && [ ! -L "$command" ]; then
  echo "$command is there already, and not from here: nothing was changed." >&2
  exit 1
fi
mkdir -p "$(dirname "$entry")" "$(dirname "$picture")" "$(dirname "$command")"
# In Exec a path stands in quotes, and what a shell would read in it is escaped.
escaped=$(printf '%s' "$here" | sed 's/[\\"`$]/\\&/g; s/%/%%/g')
while IFS= read -r line; do
  case $line in
    Exec=*) printf 'Exec="%s/kitsort" window %%F\n' "$escaped" ;;
    TryExec=*) printf 'TryExec=%s/kitsort\n' "$here" ;;
    *) printf '%s\n' "$line" ;;
  esac
done <"$here/kitsort.desktop" >"$entry"
cp "$here/kitsort.svg" "$picture"
ln -sfn "$here/kitsort" "$command"
echo "Kitsort is in the menu, and as the command $command."
