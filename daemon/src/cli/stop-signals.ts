/** Why the command line was asked to stop, as the shell's exit code for it. */
export type StopCode = 129 | 130 | 143;

export interface StopSignals extends Disposable {
  /** Resolves at Ctrl-C, at a request to end, or when the terminal closes. */
  readonly stopped: Promise<StopCode>;
  /** Stops for another reason than a signal. */
  stop(code: StopCode): void;
}

/** npm passes the terminal's Ctrl-C on, so that one press may arrive twice. */
const ONE_PRESS_MS = 300;

const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Takes over the stop signals. The second one leaves at once: whoever insists has a reason. */
export function listenForStop(): StopSignals {
  let resolve: (code: StopCode) => void = () => {};
  let askedAt = Infinity;
  const stopped = new Promise<StopCode>((settle) => (resolve = settle));
  const names = Object.keys(codes) as (keyof typeof codes)[];
  const listener = (name: NodeJS.Signals): void => {
    const code = codes[name as keyof typeof codes];
    // The job is in the database; the next start goes on with it.
    // oxlint-disable-next-line unicorn/no-process-exit
    if (performance.now() - askedAt > ONE_PRESS_MS) process.exit(code);
    if (askedAt !== Infinity) return;
    askedAt = performance.now();
    if (name === 'SIGINT') process.stderr.write('\nStopping. Press Ctrl-C again to leave at once.\n');
    resolve(code);
  };
  for (const name of names) process.on(name, listener);
  return {
    stopped,
    stop: (code) => resolve(code),
    [Symbol.dispose]() {
      for (const name of names) process.off(name, listener);
    },
  };
}
