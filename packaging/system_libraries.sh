#!/bin/sh
# Installs the system libraries that are missing, on Debian and Ubuntu as root or with sudo that
# asks for no password; elsewhere it says what to type. Usage: system_libraries.sh run|test
set -eu

run="libportaudio2 libasound2-plugins libegl1 libgl1 libdbus-1-3 libfontconfig1 libxkbcommon-x11-0
libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0
libxcb-shape0 libxcb-xinerama0 libxcb-xkb1"
test="xvfb xdotool"

wanted=$run
if [ "$1" = test ]; then wanted="$run $test"; fi
if ! "${PYTHON:-python3}" -c 'import ensurepip' 2>/dev/null; then
  wanted="$wanted $(basename "${PYTHON:-python3}")-venv"
fi

if ! command -v dpkg-query >/dev/null 2>&1; then
  case $(uname -s) in
    Darwin) : ;; # PortAudio and Qt bring all they need in their wheels
    *) echo "For sound and the window, install PortAudio, EGL and the XCB libraries of Qt 6" \
      "with your system's package manager." ;;
  esac
  exit 0
fi

missing=""
for package in $wanted; do
  state=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
  if [ "$state" != "install ok installed" ]; then missing="$missing $package"; fi
done
if [ -z "$missing" ]; then exit 0; fi

if [ "$(id -u)" = 0 ]; then
  sudo=""
elif sudo -n true 2>/dev/null; then
  sudo="sudo -n"
else
  echo "Missing system libraries; to install them, type:"
  echo "  sudo apt-get install --no-install-recommends$missing"
  exit 0
fi
echo "Installing system libraries:$missing"
# A list of packages that is out of date, or a mirror that is away, shall not stop what needs none.
export DEBIAN_FRONTEND=noninteractive
if ! { $sudo apt-get update -qq && $sudo apt-get install -qq -y --no-install-recommends $missing; } \
  >.make/system-libraries.log 2>&1; then
  echo "That did not work; .make/system-libraries.log says why. To try again, type:"
  echo "  ${sudo:-} apt-get install --no-install-recommends$missing"
fi
