import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Where the command line writes: results to stdout, everything about them to stderr. */
export interface Terminal {
  /** A result, for people and programs to read. */
  out(line: string): void;
  /** A remark. */
  note(line: string): void;
  /** A line that the next status replaces; only where `interactive`. */
  status(line: string): void;
  /** A line that somebody types without seeing it, or the first one that is piped in; undefined without one. */
  secret(question: string): Promise<string | undefined>;
  /** What somebody answers; undefined where nobody sits in front of it. */
  ask(question: string): Promise<string | undefined>;
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
    secret(question) {
      clear();
      return readSecret(question, stderr);
    },
    async ask(question) {
      clear();
      return process.stdin.isTTY && stderr.isTTY ? readAnswer(question, stderr) : undefined;
    },
    interactive: stderr.isTTY,
    get columns() {
      return stderr.columns || 80;
    },
  };
}

/** Reads one line of stdin; what is typed is not echoed. */
async function readSecret(question: string, stderr: NodeJS.WriteStream): Promise<string | undefined> {
  const typed = process.stdin.isTTY;
  if (typed) stderr.write(question);
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output, terminal: typed });
  const line = await new Promise<string | undefined>((resolve) => {
    reader.once('line', resolve).once('close', () => resolve(undefined));
  });
  reader.close();
  if (typed) stderr.write('\n');
  return line;
}

/** Ctrl-C and the end of input are an empty answer. */
function readAnswer(question: string, stderr: NodeJS.WriteStream): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: stderr });
  return new Promise((resolve) => {
    reader.once('close', () => resolve(''));
    reader.question(question, (answer) => {
      resolve(answer);
      reader.close();
    });
  });
}
