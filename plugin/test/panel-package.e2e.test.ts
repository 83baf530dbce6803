import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Script } from 'node:vm';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What UXP's style engine does not know, or knows only where the manifest asks for it. */
const unknownStyles = [
  /display: ?(inline-)?grid/,
  /(^|[;{])(grid|gap|row-gap|column-gap|float|transition|animation|text-transform|background-repeat)[\w-]*:/,
  /(^|[;{])font:/,
  /(^|[;{])(box-shadow|transform):/,
  /@(font-face|keyframes|supports|container|layer)/,
  /\[data-/,
  /:(is|has|where|not)\(/,
];

describe('the package of the panel', () => {
  it('unpacks to what its manifest promises', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [`${root}scripts/package-plugin.mjs`]);
    const path = stdout.trim().split('\n').at(-1) ?? '';
    expect(path).toMatch(/uprez\.ccx$/);
    const files = unzipSync(readFileSync(path));
    expect(Object.keys(files).sort()).toEqual([
      'icons/panel-dark.png',
      'icons/panel-dark@2x.png',
      'icons/panel-light.png',
      'icons/panel-light@2x.png',
      'icons/plugin.png',
      'icons/plugin@2x.png',
      'index.html',
      'manifest.json',
      'panel.css',
      'panel.js',
    ]);
    const page = new TextDecoder().decode(files['index.html']);
    expect(page).toContain('<script src="panel.js"></script>');
    const script = new TextDecoder().decode(files['panel.js']);
    // It is a classic script: UXP knows no modules, and as one it would not even parse.
    expect(() => new Script(script)).not.toThrow();
    const style = new TextDecoder().decode(files['panel.css']);
    expect(unknownStyles.flatMap((pattern) => pattern.exec(style)?.[0] ?? [])).toEqual([]);
  });
});
