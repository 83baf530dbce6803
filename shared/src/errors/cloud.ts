import { service, type ErrorRow, row } from './row.ts';

/** What can go wrong with a cloud service. */
export const cloudErrors = {
  'cloud.no-key': row(
    401,
    true,
    (d) => `There is no API key for ${service(d)}.`,
    () => 'Type `uprez key set`, or enter it in the dashboard.',
  ),
  'cloud.key-refused': row(
    401,
    true,
    (d) => `${service(d)} does not accept the API key.`,
    () => 'Set a valid key with `uprez key set`, then retry.',
  ),
  'cloud.key-store': row(
    500,
    true,
    (d) => `The API key can't be stored: ${String(d['why'])}.`,
    () => 'Unlock the keychain, or make the data folder writable.',
  ),
  'cloud.forbidden': row(
    403,
    false,
    (d) => `The API key may not do this at ${service(d)}.`,
    () => 'Use the key that started the job, or one with more rights.',
  ),
  'cloud.credits': row(
    402,
    true,
    (d) => `There are not enough credits at ${service(d)}${d['price'] ? `: ${String(d['price'])} are needed` : ''}.`,
    () => 'Buy credits in your account there, then retry; nothing was charged.',
  ),
  'cloud.subscription': row(
    402,
    true,
    (d) => `There is no valid subscription at ${service(d)}.`,
    () => 'Renew it in your account there, then retry; nothing was charged.',
  ),
  'cloud.refused': row(
    400,
    false,
    (d) => `${service(d)} refused the request: ${String(d['why'])}.`,
    () => 'Choose another model or scale, or convert the clip first.',
  ),
  'cloud.limit': row(
    400,
    false,
    (d) => `The model “${String(d['model'])}” can't do this: ${String(d['why'])}.`,
    (d) => String(d['hint'] ?? 'Choose another model, a shorter range or another scale.'),
  ),
  'cloud.request-lost': row(
    404,
    true,
    (d) => `${service(d)} does not know the request any more.`,
    () => 'Retry: a new request is made and its price shown before anything is charged.',
  ),
  'cloud.busy': row(
    429,
    true,
    (d) => `${service(d)} has too much to do at the moment.`,
    () => 'Retry in some minutes; the job continues where it was.',
  ),
  'cloud.maintenance': row(
    503,
    true,
    (d) => `${service(d)} is down for maintenance${d['why'] ? `: ${String(d['why'])}` : ''}.`,
    () => 'Retry later; the job continues where it was.',
  ),
  'cloud.unavailable': row(
    502,
    true,
    (d) => `${service(d)} has a problem of its own (${String(d['why'])}).`,
    () => 'Retry in some minutes; the job continues where it was.',
  ),
  'cloud.unreachable': row(
    503,
    true,
    (d) => `${service(d)} can't be reached (${String(d['why'])}).`,
    () => 'Check the internet connection, then retry; the job continues where it was.',
  ),
  'cloud.bad-answer': row(
    502,
    true,
    (d) => `${service(d)} gave an answer that can't be read: ${String(d['why'])}.`,
    () => 'Retry; if it stays, update Uprez.',
  ),
  'cloud.quote-changed': row(
    409,
    true,
    (d) => `After the upload ${service(d)} found another price than quoted, and stopped.`,
    () => 'Retry: the new price is shown first. The credits of this request were returned.',
  ),
  'cloud.upload-late': row(
    408,
    true,
    (d) => `${service(d)} did not get the whole clip in time.`,
    () => 'Retry on a faster connection, or with a shorter range. The credits were returned.',
  ),
  'cloud.upload-failed': row(
    502,
    true,
    (d) => `Part ${String(d['part'])} of the clip could not be uploaded: ${String(d['why'])}.`,
    () => 'Check the internet connection, then retry; finished parts are not sent again.',
  ),
  'cloud.queue-late': row(
    503,
    true,
    (d) => `The request waited too long for its turn at ${service(d)}.`,
    () => 'Retry later. The credits were returned.',
  ),
  'cloud.processing-late': row(
    503,
    true,
    (d) => `${service(d)} took longer than it allows itself.`,
    () => 'Retry, or choose a faster model or a shorter range. The credits were returned.',
  ),
  'cloud.processing-failed': row(
    502,
    true,
    (d) => `${service(d)} could not process the clip (${String(d['why'])}).`,
    () => 'Retry, or choose another model. The credits were returned.',
  ),
  'cloud.withdrawn': row(
    409,
    true,
    (d) => `The request was cancelled at ${service(d)}.`,
    () => 'Retry to start a new one; its price is shown first.',
  ),
  'cloud.download-failed': row(
    502,
    true,
    (d) => `The result could not be downloaded: ${String(d['why'])}.`,
    () => 'Retry: the download continues, and nothing is charged again. The result is kept for seven days.',
  ),
  'cloud.result-gone': row(
    410,
    true,
    (d) => `${service(d)} does not have the result any more.`,
    () => 'Retry to have it made again; the price is shown first.',
  ),
  'cloud.result-wrong': row(
    502,
    true,
    (d) =>
      `The result is not what was asked for: ${String(d['what'])} is ${String(d['found'])}, expected ${String(d['expected'])}.`,
    () => 'Retry to have it made again (the price is shown first), or choose another model.',
  ),
} as const satisfies Record<string, ErrorRow>;
