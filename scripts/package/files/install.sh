#!/bin/sh
# Installs Uprez @VERSION@ for you alone, below ~/.local; `./install.sh --remove` takes it away again. Nothing needs root.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}
place=$HOME/.local/lib/uprez
command=$HOME/.local/bin/uprez
entry=$data/applications/uprez.desktop
icon=$data/icons/hicolor/96x96/apps/uprez.png

if [ "${1:-}" = --remove ]; then
  [ ! -x "$place/bin/uprez" ] || "$place/bin/uprez" uninstall
  rm -rf "$place"
  rm -f "$command" "$entry" "$icon"
  echo "Uprez is removed."
  exit 0
fi

# musl has no gnu_get_libc_version, and neither Node nor the models' runtime is built for it.
if [ -n "@GLIBC@" ]; then
  found=$(getconf GNU_LIBC_VERSION 2>/dev/null | cut -d' ' -f2) || found=
  if [ -z "$found" ] || [ "$(printf '%s\n%s\n' "@GLIBC@" "$found" | sort -V | head -n 1)" != "@GLIBC@" ]; then
    echo "Uprez needs a Linux with glibc @GLIBC@ or newer; this one has ${found:-another C library}." >&2
    exit 1
  fi
fi

# The new one takes the old one's place at once, so that no half of either is ever started.
[ ! -x "$command" ] || "$command" stop >/dev/null 2>&1 || true
mkdir -p "$HOME/.local/lib" "$HOME/.local/bin" "${entry%/*}" "${icon%/*}"
rm -rf "$place.new" "$place.old"
cp -R "$here" "$place.new"
[ ! -d "$place" ] || mv "$place" "$place.old"
mv "$place.new" "$place"
rm -rf "$place.old"

printf '#!/bin/sh\nexec "%s/bin/uprez" "$@"\n' "$(printf '%s' "$place" | sed 's/[\\"$`]/\\&/g')" > "$command"
chmod 755 "$command"
cp "$place/share/uprez.png" "$icon"
cat > "$entry" <<END
[Desktop Entry]
Type=Application
Version=1.0
Name=Uprez
Comment=Upscales clips to ProRes
Exec="$(printf '%s' "$command" | sed 's/[\\"$`]/\\\\&/g; s/%/%%/g')" serve
Icon=uprez
Terminal=true
Categories=AudioVideo;Video;
END

echo "Uprez @VERSION@ is installed."
case ":$PATH:" in
  *":$HOME/.local/bin:"*) echo "Type: uprez" ;;
  *) echo "Type: $command   (~/.local/bin is not on your PATH)" ;;
esac
