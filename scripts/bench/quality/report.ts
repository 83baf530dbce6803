import type { Figures } from './figures.ts';
import { mean } from './scores.ts';
import { RAMP_CRFS, SOFTENED_BY } from './trials.ts';

/** Two tables with one line for each method. The first method is what the others are compared with. */
export function reportTables(all: readonly Figures[], crfs: readonly number[]): string {
  const [plain] = all;
  if (!plain) return '';
  const titles = (title: string, per: readonly number[]): string[] => per.map((each) => `${title} ${each}`);
  const pans = ['', ...['PSNR', 'gain', 'least', 'SSIM'].flatMap((title) => titles(title, crfs))];
  const others = ['', ...titles('soft', SOFTENED_BY), ...titles('ramp', RAMP_CRFS), ...titles('still', crfs)];
  return [
    table([pans, ...all.map((figures) => panLine(figures, plain))]),
    table([[...others, 'fps', 'speed'], ...all.map((figures) => otherLine(figures, plain))]),
  ].join('\n');
}

function panLine({ name, psnr, ssim }: Figures, plain: Figures): string[] {
  const gains = gainsOver(psnr, plain.psnr);
  return [
    name,
    ...psnr.map((clips) => mean(clips).toFixed(2)),
    ...gains.map((clips) => signed(mean(clips))),
    ...gains.map((clips) => signed(Math.min(...clips))),
    ...ssim.map((value) => value.toFixed(4)),
  ];
}

function otherLine({ name, soft, ramp, change, framesPerSecond }: Figures, plain: Figures): string[] {
  return [
    name,
    ...gainsOver(soft, plain.soft).map((clips) => signed(mean(clips))),
    ...[...ramp, ...change].map((value) => value.toFixed(3)),
    framesPerSecond?.toFixed(1) ?? '–',
    framesPerSecond === null ? '–' : (framesPerSecond / (plain.framesPerSecond ?? NaN)).toFixed(2),
  ];
}

function table(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const padded = (row: readonly string[]): string =>
    row.map((text, i) => (i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0))).join('  ');
  return rows.map((row) => `${padded(row)}\n`).join('');
}

/** Differences in dB, clip by clip. */
function gainsOver(psnr: readonly number[][], plain: readonly number[][]): number[][] {
  return psnr.map((clips, i) => clips.map((value, clip) => value - (plain[i]?.[clip] ?? NaN)));
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(2)}`;
}
