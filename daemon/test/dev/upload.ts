import { uploadLarge } from '../support/large-upload.ts';

/**
 * `npm run bench -- --upload [gigabytes]`: how much memory a daemon takes that uploads a large clip, and whether it arrives
 * byte for byte, in parts as the service wants them. The default is 3 GB.
 */
const MOST_MEMORY = 120 * 2 ** 20;
const MOST_BODY = 3000;
const gigabytes = Number(process.argv[2] ?? 3);

const { memory, clipBytes, partBytes, wrongParts, largestBody } = await uploadLarge(gigabytes * 1e9);
const lines: [string, string, boolean][] = [
  ['clip', `${clipBytes} bytes in ${partBytes.length} parts`, clipBytes >= gigabytes * 1e9],
  ['memory of the daemon when started', megabytes(memory.before), true],
  ['most memory up to the end of the upload', megabytes(memory.after), memory.after < MOST_MEMORY],
  ['parts with other bytes than the clip', String(wrongParts.length), wrongParts.length === 0],
  ['largest body of a call', `${largestBody} bytes`, largestBody <= MOST_BODY],
];
for (const [what, value, met] of lines) process.stdout.write(`${what.padEnd(42)} ${value}${met ? '' : '  missed'}\n`);
process.exitCode = lines.every(([, , met]) => met) ? 0 : 1;

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
