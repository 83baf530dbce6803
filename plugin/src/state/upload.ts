import { AppError, fromWire, Upload, WireError } from '@uprez/shared';
import { z } from 'zod';

export interface Sending {
  file: File;
  /** 0 to 1. */
  onProgress(fraction: number): void;
  signal: AbortSignal;
}

/** Sends a file to the daemon that served this page. Throws the daemon's errors, `daemon.disconnected`, `daemon.upload-broken`. */
export function sendFile({ file, onProgress, signal }: Sending): Promise<Upload> {
  return new Promise((resolve, reject) => {
    // fetch does not tell how far it is.
    const request = new XMLHttpRequest();
    request.open('POST', `/uploads?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('X-Uprez', '1');
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0));
    request.addEventListener('load', () => {
      const upload = request.status === 200 ? Upload.safeParse(parsed(request.responseText)) : undefined;
      if (upload?.success) resolve(upload.data);
      else reject(refusalOf(request.responseText));
    });
    request.addEventListener('error', () => reject(new AppError('daemon.disconnected')));
    request.addEventListener('abort', () => reject(new AppError('daemon.upload-broken', { file: file.name })));
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

function refusalOf(text: string): AppError {
  const refusal = z.object({ error: WireError }).safeParse(parsed(text));
  return refusal.success ? fromWire(refusal.data.error) : new AppError('daemon.internal');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
