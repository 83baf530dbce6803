/** Where the command line writes: results to stdout, everything about them to stderr. */
export interface Terminal {
  /** A result, for people and programs to read. */
  out(line: string): void;
  /** A remark. */
  note(line: string): void;
  /** A line that the next status replaces; only where `interactive`. */
  status(line: string): void;
  readonly interactive: boolean;
  readonly columns: number;
}

export function openTerminal(stdout = process.stdout, stderr = process.stderr): Terminal {
  let shown = '';
  const clear = (): void => {
    if (shown) stderr.write('\r\u001B[2K');
    shown = '';
  };
  // A reader that has seen enough (`uprez jobs | head`) is no error.
  stdout.on('error', () => {});
  return {
    out(line) {
      clear();
      stdout.write(`${line}\n`);
    },
    note(line) {
      clear();
      stderr.write(`${line}\n`);
    },
    status(line) {
      if (line === shown) return;
      clear();
      stderr.write(line);
      shown = line;
    },
    interactive: stderr.isTTY,
    get columns() {
      return stderr.columns || 80;
    },
  };
}
