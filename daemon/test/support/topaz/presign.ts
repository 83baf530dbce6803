import { createHmac } from 'node:crypto';

/** Who may do what with one stored object, until when: the shape of AWS Signature Version 4 in a query. */
export interface Permit {
  method: 'PUT' | 'GET';
  /** "/<request id>/source.mp4" */
  path: string;
  /** Further parts of the query, such as `partNumber`. */
  query?: Record<string, string>;
  expiresInMs: number;
}

export interface Signer {
  /** A link that works until it expires. */
  sign(permit: Permit): string;
  /** Why a request's link does not let it in, or undefined where it does. */
  objection(method: string, url: URL): 'SignatureDoesNotMatch' | 'expired' | undefined;
}

/** Signs with a secret of its own; `base` is where the storage listens. */
export function createSigner(options: { base: () => string; secret: string; now: () => number }): Signer {
  const { base, secret, now } = options;
  const signature = (method: string, url: URL): string => {
    const query = [...url.searchParams]
      .filter(([name]) => name !== 'X-Amz-Signature')
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return createHmac('sha256', secret)
      .update(JSON.stringify([method, url.pathname, query]))
      .digest('hex');
  };
  return {
    sign({ method, path, query = {}, expiresInMs }) {
      const url = new URL(path, base());
      const fields = {
        'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
        'X-Amz-Credential': 'emulator/auto/s3/aws4_request',
        'X-Amz-Date': compactDate(now()),
        'X-Amz-Expires': String(Math.ceil(expiresInMs / 1000)),
        'X-Amz-SignedHeaders': 'host',
        ...query,
        'x-id': method === 'GET' ? 'GetObject' : 'UploadPart',
      };
      for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
      url.searchParams.set('X-Amz-Signature', signature(method, url));
      return url.href;
    },
    objection(method, url) {
      if (signature(method, url) !== url.searchParams.get('X-Amz-Signature')) return 'SignatureDoesNotMatch';
      const start = fromCompactDate(url.searchParams.get('X-Amz-Date') ?? '');
      const end = start + Number(url.searchParams.get('X-Amz-Expires')) * 1000;
      return now() > end ? 'expired' : undefined;
    },
  };
}

/** "20261121T112550Z" */
function compactDate(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

function fromCompactDate(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
