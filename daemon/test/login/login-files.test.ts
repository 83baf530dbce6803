import { describe, expect, it } from 'vitest';
import { desktopEntry, launchAgent, runCommand, systemdUnit } from '../../src/login/login-files.ts';

/** Everything that quoting has ever gone wrong with. */
const odd = {
  file: '/opt/Grüße & "Co" 100%/$HOME/`id`/back\\slash/node',
  args: ['/home/ä ö/start.mjs', '--data-dir', "/it's/<here>", 'serve'],
};
const plain = { file: '/usr/bin/node', args: ['/home/me/uprez/scripts/start.mjs', 'serve'] };

describe('a desktop entry', () => {
  it('starts a plain command without quotes', () => {
    expect(desktopEntry(plain)).toBe(`[Desktop Entry]
Type=Application
Version=1.0
Name=Uprez
Comment=Upscales clips to ProRes in the background
Exec=/usr/bin/node /home/me/uprez/scripts/start.mjs serve
TryExec=/usr/bin/node
Icon=uprez
Terminal=false
Categories=AudioVideo;Video;
X-GNOME-Autostart-enabled=true
`);
  });

  it('quotes for its command and then for its strings', () => {
    const exec = desktopEntry(odd)
      .split('\n')
      .find((line) => line.startsWith('Exec='));
    expect(exec).toBe(
      String.raw`Exec=/bin/sh -c "exec \\"\\$0\\" \\"\\$@\\"" "/opt/Grüße & \\"Co\\" 100%%/\\$HOME/\\` +
        String.raw`${'`'}id\\${'`'}/back\\\\slash/node" "/home/ä ö/start.mjs" --data-dir "/it's/<here>" serve`,
    );
  });
});

describe('a systemd unit', () => {
  it('comes back after a crash, but not for ever', () => {
    const unit = systemdUnit(plain);
    expect(unit).toContain('ExecStart=/usr/bin/node /home/me/uprez/scripts/start.mjs serve\n');
    for (const line of [
      'Restart=on-failure',
      'StartLimitBurst=4',
      'StartLimitIntervalSec=60',
      'WantedBy=default.target',
    ])
      expect(unit).toContain(`${line}\n`);
  });

  it('expands neither specifiers nor variables', () => {
    const exec = systemdUnit(odd)
      .split('\n')
      .find((line) => line.startsWith('ExecStart='));
    expect(exec).toBe(
      'ExecStart=/bin/sh -c "exec \\"$$0\\" \\"$$@\\"" "/opt/Grüße & \\"Co\\" 100%%/$$HOME/`id`/back\\\\slash/node" "/home/ä ö/start.mjs" --data-dir "/it\'s/<here>" serve',
    );
  });
});

describe('a LaunchAgent', () => {
  it('is a property list with each argument as a string of its own', () => {
    expect(launchAgent(odd)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
  <dict>
    <key>Label</key>
    <string>app.uprez.daemon</string>
    <key>ProgramArguments</key>
    <array>
      <string>/opt/Grüße &amp; "Co" 100%/$HOME/\`id\`/back\\slash/node</string>
      <string>/home/ä ö/start.mjs</string>
      <string>--data-dir</string>
      <string>/it's/&lt;here&gt;</string>
      <string>serve</string>
    </array>
    <key>RunAtLoad</key>
    <true/>
    <key>KeepAlive</key>
    <dict>
      <key>SuccessfulExit</key>
      <false/>
    </dict>
    <key>ThrottleInterval</key>
    <integer>10</integer>
    <key>ProcessType</key>
    <string>Background</string>
  </dict>
</plist>
`);
  });
});

describe('a command line of Windows', () => {
  it.each([
    [['C:\\node.exe', 'serve'], 'C:\\node.exe serve'],
    [['C:\\Program Files\\Grüße\\node.exe', 'serve'], '"C:\\Program Files\\Grüße\\node.exe" serve'],
    [['node', 'C:\\with space\\'], 'node "C:\\with space\\\\"'],
    [['node', 'say "hi"'], 'node "say \\"hi\\""'],
    [['node', 'C:\\a b\\"'], 'node "C:\\a b\\\\\\""'],
    [['node', ''], 'node ""'],
    [['node', '100% & more'], 'node "100% & more"'],
  ])('of %j is %s', ([file = '', ...args], line) => {
    expect(runCommand({ file, args })).toBe(line);
  });
});
