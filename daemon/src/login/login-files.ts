/** What a session is to start. */
export interface Launch {
  /** Absolute path. */
  file: string;
  args: readonly string[];
}

/**
 * A desktop entry for `~/.config/autostart` (Desktop Entry and Autostart Specification). `Exec` is quoted twice: for its own
 * rules, then for those of every string of the file.
 */
export function desktopEntry(launch: Launch): string {
  const { file, args } = withPlainProgram(launch);
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Version=1.0',
    'Name=Uprez',
    'Comment=Upscales clips to ProRes in the background',
    `Exec=${entryString([file, ...args].map(execArgument).join(' '))}`,
    `TryExec=${entryString(launch.file)}`,
    'Icon=uprez',
    'Terminal=false',
    'Categories=AudioVideo;Video;',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** `%` begins a field code; inside double quotes four signs want a backslash. */
function execArgument(text: string): string {
  const plain = text.replaceAll('%', '%%');
  return /^[\w./@:+,=-]+$/.test(plain) ? plain : `"${plain.replaceAll(/[\\"`$]/g, '\\$&')}"`;
}

/** Backslashes begin escapes in strings of desktop entries, and a line has one line. */
function entryString(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r');
}

/**
 * systemd takes no quotes and backslashes in the path of a program, and GLib no percent signs: there a shell starts it, which
 * gets it as an argument and interprets nothing.
 */
function withPlainProgram(launch: Launch): Launch {
  if (!/[%"'\\$`]/.test(launch.file)) return launch;
  return { file: '/bin/sh', args: ['-c', 'exec "$0" "$@"', launch.file, ...launch.args] };
}

/** A unit for `systemd --user`: started with the user's first session, again after a crash, not for ever. */
export function systemdUnit(launch: Launch): string {
  const { file, args } = withPlainProgram(launch);
  return [
    '[Unit]',
    'Description=Uprez, upscales clips to ProRes in the background',
    'StartLimitIntervalSec=60',
    'StartLimitBurst=4',
    '',
    '[Service]',
    `ExecStart=${[file, ...args].map(unitArgument).join(' ')}`,
    'Restart=on-failure',
    'RestartSec=2',
    '',
    '[Install]',
    'WantedBy=default.target',
    '',
  ].join('\n');
}

/** systemd.service(5): `%` begins a specifier, `$` a variable; C-like escapes inside double quotes. */
function unitArgument(text: string): string {
  const plain = text.replaceAll('%', '%%').replaceAll('$', '$$$$');
  if (/^[\w./@:+,=%$-]+$/.test(plain)) return plain;
  return `"${plain.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
}

export const AGENT_LABEL = 'app.uprez.daemon';

/** A LaunchAgent for `~/Library/LaunchAgents`: started at login, again after a crash but not after an orderly end. */
export function launchAgent(launch: Launch): string {
  const strings = [launch.file, ...launch.args].map((each) => `      <string>${xml(each)}</string>`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '  <dict>',
    '    <key>Label</key>',
    `    <string>${AGENT_LABEL}</string>`,
    '    <key>ProgramArguments</key>',
    '    <array>',
    ...strings,
    '    </array>',
    '    <key>RunAtLoad</key>',
    '    <true/>',
    '    <key>KeepAlive</key>',
    '    <dict>',
    '      <key>SuccessfulExit</key>',
    '      <false/>',
    '    </dict>',
    '    <key>ThrottleInterval</key>',
    '    <integer>10</integer>',
    '    <key>ProcessType</key>',
    '    <string>Background</string>',
    '  </dict>',
    '</plist>',
    '',
  ].join('\n');
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * The value below `HKCU\…\Run`: one command line, taken apart by the C runtime's rules: backslashes count only before a
 * quote.
 */
export function runCommand(launch: Launch): string {
  return [launch.file, ...launch.args].map(windowsArgument).join(' ');
}

function windowsArgument(text: string): string {
  if (text !== '' && !/[\s"]/.test(text)) return text;
  return `"${text.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&')}"`;
}
