import { type ErrorRow, row } from './row.ts';

/** What the machine lacks. */
export const setupErrors = {
  'setup.ffmpeg-missing': row(
    503,
    true,
    (d) => `ffmpeg was not found${d['path'] ? ` at ${String(d['path'])}` : ''}.`,
    () => 'Install ffmpeg 5 or newer, or set UPREZ_FFMPEG_PATH to it.',
  ),
  'setup.ffmpeg-unfit': row(
    503,
    true,
    (d) => `This ffmpeg can't be used: ${String(d['why'])}.`,
    () => 'Install a complete ffmpeg 5 or newer, or set UPREZ_FFMPEG_PATH to one.',
  ),
  'setup.disk-full': row(
    507,
    true,
    (d) => `Not enough disk space in ${String(d['folder'])}: ${String(d['need'])} needed, ${String(d['free'])} free.`,
    () => 'Free some space; a job that waits for it goes on by itself.',
  ),
  'setup.volume-away': row(
    503,
    true,
    (d) => `The drive or network folder with ${String(d['path'])} is not there (${String(d['why'])}).`,
    () => 'Connect it again; the job goes on by itself.',
  ),
  'setup.output-folder': row(
    400,
    true,
    (d) => `The output folder ${String(d['folder'])} can't be written: ${String(d['why'])}.`,
    () => 'Choose another output folder.',
  ),
  'setup.file-refused': row(
    503,
    true,
    (d) =>
      `The system refuses to ${String(d['call'])} a file of the job in ${String(d['folder'])} (${String(d['why'])}).`,
    () => 'Look at that drive and at what else uses it, then retry the job; it goes on where it was.',
  ),
  'setup.config': row(
    400,
    false,
    (d) => `The setting ${String(d['key'])} is not valid: ${String(d['why'])}.`,
    () => 'Correct it and start again.',
  ),
  'setup.login-item': row(
    500,
    false,
    (d) => `Starting Uprez with your session can't be arranged here: ${String(d['why'])}.`,
    () => 'Check that your configuration folder can be written, or add `uprez serve` to your session by hand.',
  ),
  'setup.database': row(
    500,
    false,
    (d) => `The job database can't be used: ${String(d['why'])}.`,
    () => 'Restore a backup by hand, or move the database and its backups away to start with an empty queue.',
  ),
  'setup.database-restored': row(
    500,
    false,
    (d) => `The job database was damaged or gone; it was replaced by its backup of ${String(d['time'])}.`,
    () => 'Look through the list: what came later is missing from it. Finished files are where they were.',
  ),
} as const satisfies Record<string, ErrorRow>;
