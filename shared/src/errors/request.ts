import { type ErrorRow, row } from './row.ts';

/** What a client may not ask for. */
export const requestErrors = {
  'request.invalid': row(
    400,
    false,
    (d) => `The request is not valid: ${String(d['why'])}.`,
    () => 'Check the options; `uprez help` lists them.',
  ),
  'request.duplicate': row(
    409,
    false,
    () => 'The same clip with the same settings is already in the queue.',
    () => 'Wait for that job, or cancel it first.',
  ),
  'request.large-enough': row(
    400,
    false,
    (d) => `The clip is already ${String(d['size'])}; the target would be larger than ${String(d['limit'])}.`,
    () => 'Choose a smaller scale.',
  ),
} as const satisfies Record<string, ErrorRow>;
