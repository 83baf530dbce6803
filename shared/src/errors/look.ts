import { file, type ErrorRow, row } from './row.ts';

/** What can be wrong with a look. */
export const lookErrors = {
  'look.bad-cube': row(
    400,
    false,
    (d) => `${file(d)} is not a .cube file that can be used: line ${String(d['line'])}: ${String(d['why'])}.`,
    () => 'Export the LUT again as a plain 1D or 3D .cube, with at most 65 points along each axis.',
  ),
  'look.hdr': row(
    400,
    false,
    (d) => `${file(d)} is HDR (${String(d['transfer'])}); log looks start from SDR.`,
    () => 'Leave the look out, which keeps the clip’s own HDR curve, or convert the clip to SDR first.',
  ),
  'look.no-inverse': row(
    400,
    false,
    (d) => `There is no LUT that takes ${String(d['look'])} back.`,
    () => 'Inverse LUTs come with the named looks.',
  ),
  'look.cloud': row(
    400,
    false,
    () => 'Looks and deband are computed by Uprez itself; Topaz has neither.',
    () => 'Leave --look and --deband out, and run `uprez flat` on the result.',
  ),
} as const satisfies Record<string, ErrorRow>;
