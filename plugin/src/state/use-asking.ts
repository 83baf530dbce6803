import { AppError, toWire, type WireError } from '@uprez/shared';
import { useState } from 'react';

/** Runs calls one at a time and keeps the last one's error for the view to show. */
export function useAsking() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<WireError>();
  const ask = async (call: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setError(undefined);
    try {
      await call();
      return true;
    } catch (cause) {
      setError(toWire(cause instanceof AppError ? cause : new AppError('daemon.internal', {}, { cause })));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, ask };
}
