import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findFaults } from '../plugin-manifest.mjs';

const text = readFileSync(new URL('../../plugin/panel/manifest.json', import.meta.url), 'utf8');
const { version } = JSON.parse(text) as { version: string };
const icon = (name: string): [string, Uint8Array] => [
  `icons/${name}.png`,
  readFileSync(new URL(`../../plugin/panel/icons/${name}.png`, import.meta.url)),
];

/** The package as it should be, but for the manifest. */
const files = (manifest: string): Record<string, Uint8Array> => ({
  'manifest.json': Buffer.from(manifest),
  'index.html': Buffer.from('page'),
  'panel.css': Buffer.from('style'),
  'panel.js': Buffer.from('"com.uprez.panel" "uprez.panel" "uprez.upscale-selected"'),
  ...Object.fromEntries(['panel-dark', 'panel-light', 'plugin'].flatMap((name) => [icon(name), icon(`${name}@2x`)])),
});

describe('the manifest of the panel', () => {
  it('is in order', () => {
    expect(findFaults(files(text), version)).toEqual([]);
  });

  it.each([
    ['"domains": "all"', '"domains": ["all", "ws://127.0.0.1"]', 'network domains must be the bare word "all"'],
    ['"manifestVersion": 5', '"manifestVersion": 6', 'manifestVersion is not 5'],
    ['"id": "uprez.panel"', '"id": "uprez.other"', 'an entry point is unknown'],
    ['"id": "com.uprez.panel"', '"id": "com.uprez.other"', 'the script knows the plugin by another id'],
    ['icons/plugin.png', 'icons/none.png', 'icons/none.png is missing or not 48 pixels wide'],
    ['"width": 48', '"width": 40', 'icons/plugin.png is missing or not 40 pixels wide'],
    ['"main": "index.html"', '"main": "other.html"', 'other.html is missing'],
  ])('with %s as %s is not', (from, to, fault) => {
    expect(text).toContain(from);
    expect(findFaults(files(text.replace(from, to)), version)).toContain(fault);
  });

  it('and one of another version is not', () => {
    expect(findFaults(files(text), '9.9.9')).toEqual([`version ${version} is not that of the product, 9.9.9`]);
  });
});
