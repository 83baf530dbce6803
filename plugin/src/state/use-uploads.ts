import { AppError, isClipName, toWire, type Upload, type WireError } from '@uprez/shared';
import { useRef, useState } from 'react';
import { sendFile } from './upload.ts';

/** A file on its way to the daemon, or there. */
export interface Sent {
  readonly key: string;
  readonly name: string;
  readonly state:
    { kind: 'sending'; fraction: number } | { kind: 'there'; upload: Upload } | { kind: 'failed'; error: WireError };
}

/** Files that were dropped. One is sent after the other: together they would not be faster. */
export function useUploads() {
  const [sent, setSent] = useState<readonly Sent[]>([]);
  const line = useRef(Promise.resolve());
  const aborts = useRef(new Map<string, AbortController>());
  const become = (key: string, state: Sent['state']): void =>
    setSent((all) => all.map((each) => (each.key === key ? { ...each, state } : each)));
  const send = async (key: string, file: File, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return;
    try {
      const onProgress = (fraction: number): void => become(key, { kind: 'sending', fraction });
      become(key, { kind: 'there', upload: await sendFile({ file, onProgress, signal }) });
    } catch (cause) {
      become(key, { kind: 'failed', error: toWire(cause instanceof AppError ? cause : undefined) });
    }
  };
  const add = (files: readonly File[]): void => {
    for (const file of files) {
      const key = crypto.randomUUID();
      const abort = new AbortController();
      aborts.current.set(key, abort);
      const known = isClipName(file.name);
      const refusal = toWire(new AppError('input.not-video', { file: file.name, why: 'by its name' }));
      setSent((all) => [
        ...all,
        { key, name: file.name, state: known ? { kind: 'sending', fraction: 0 } : { kind: 'failed', error: refusal } },
      ]);
      if (known) line.current = line.current.then(() => send(key, file, abort.signal));
    }
  };
  const drop = (key: string): void => {
    aborts.current.get(key)?.abort();
    setSent((all) => all.filter((each) => each.key !== key));
  };
  /** Takes those off the list that a job was made of. */
  const used = (paths: readonly string[]): void =>
    setSent((all) => all.filter(({ state }) => state.kind !== 'there' || !paths.includes(state.upload.path)));
  return { sent, add, drop, used };
}
