/*
 * What browsers have and UXP has not, as far as the libraries here need it. Must be imported before everything else.
 */

/** UTF-8 (RFC 3629), for the hashes of the pairing. */
class Utf8Encoder {
  encode(text: string): Uint8Array {
    const bytes = unescape(encodeURIComponent(text));
    return Uint8Array.from(bytes, (byte) => byte.charCodeAt(0));
  }
}

const gaps = {
  TextEncoder: Utf8Encoder,
  queueMicrotask: (work: () => void) => void Promise.resolve().then(work),
};

for (const [name, substitute] of Object.entries(gaps))
  if (!(name in globalThis)) Object.assign(globalThis, { [name]: substitute });
