import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const style = (name: string): string => readFileSync(new URL(`../src/ui/style/${name}.css`, import.meta.url), 'utf8');
const panelStyles = ['theme', 'controls', 'layout', 'jobs', 'menu'];

/** Custom properties of one rule. */
function variables(selector: string): Record<string, string> {
  const rule = new RegExp(`${selector} \\{([^}]*)\\}`).exec(style('theme'))?.[1] ?? '';
  return Object.fromEntries([...rule.matchAll(/--([\w-]+): (#[\da-f]{6})/g)].map(([, name, color]) => [name, color]));
}

/** Relative luminance and contrast as in WCAG 2.2. */
function luminance(color: string): number {
  const linear = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((one, other) => one - other) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

describe('the styles', () => {
  it.each(['darkest', 'dark', 'light'])('are readable in the theme %s', (theme) => {
    const colors = variables(`\\.theme-${theme}`);
    for (const text of ['text', 'quiet', 'link', 'good', 'ask', 'bad'])
      for (const ground of ['ground', 'raised', 'field'])
        expect([text, ground, contrast(colors[text]!, colors[ground]!) >= 4.5]).toEqual([text, ground, true]);
    const { accent, 'on-accent': onAccent } = variables('body');
    expect(contrast(accent!, onAccent!)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(panelStyles)('of the panel keep to what UXP knows: %s', (name) => {
    const declarations = style(name).replaceAll(/\/\*[\s\S]*?\*\//g, '');
    const unknown =
      /(?:^|[;{\s])(?:(?:row-|column-)?gap|grid[\w-]*|transition|animation|text-transform|float|font|inset):/;
    expect(unknown.exec(declarations)?.[0]).toBeUndefined();
    expect(declarations).not.toMatch(/@(?:media|font-face|container|supports)|:focus-visible|:is\(|:has\(|\[data-/);
  });
});
