import { basename } from 'node:path';
import {
  AppError,
  bytes,
  duration,
  type Health,
  isLook,
  type Job,
  type JobReport,
  type Progress,
  type Quality,
  type View,
} from '@uprez/shared';

/** What happened and what to do, in one line and without a stack. */
export function errorLine(error: unknown): string {
  if (error instanceof AppError) return sentence(error.message, error.next);
  const internal = new AppError('daemon.internal');
  const why = error instanceof Error ? error.message : String(error);
  return sentence(`${internal.message.replace(/\.$/, '')} (${why}).`, internal.next);
}

export function clipName(job: Pick<Job, 'task'>): string {
  return basename(job.task.source);
}

const bases: Record<Job['estimate']['basis'], string> = {
  measured: 'by earlier jobs',
  tried: 'by a trial on this computer',
  assumed: 'on a usual laptop',
  quoted: 'by the service',
};

/** What a job will take, before it starts. */
export function estimateLine(job: Job): string {
  const { seconds, basis, outputBytes, width, height, frames } = job.estimate;
  const result = `${frames} frames of ${width}x${height}, about ${bytes(outputBytes)}`;
  return `${clipName(job)}: ${result}, in about ${duration(seconds)} (${bases[basis]})`;
}

export function jobTable(view: View): string[] {
  if (view.jobs.length === 0) return ['No jobs.'];
  return table(
    view.jobs.map((job) => [
      job.id.slice(0, 8),
      job.state,
      progressOf(job, view.progress[job.id]),
      clipName(job),
      ending(job),
    ]),
  );
}

/** What there is to know of a job's result. */
export function warningLines(job: Job): string[] {
  return job.warnings.map(({ message }) => `${clipName(job)}: ${message}`);
}

/** One line about a job that has ended. */
export function outcomeLine(job: Job): string {
  return `${clipName(job)}: ${ending(job) || job.state}`;
}

export function reportLines({ job, segments, errors, peakMemory, accelerators }: JobReport): string[] {
  const { task, media } = job;
  return [
    `job ${job.id}: ${job.state}, attempt ${job.attempts}`,
    `source: ${task.source} (${media.width}x${media.height}, ${media.codec}, ${media.frameCount} frames)`,
    `task: ${task.scale}x, model ${task.model}, on ${task.backend}${lookText(task)}`,
    ...creditLines(job),
    ...job.steps.map((step) => `step ${step.name}: ${step.status}, ${Math.round(step.progress)} %`),
    `segments: ${segments.done} of ${segments.total}, ${segments.frames} frames, ${bytes(segments.bytes)}`,
    ...Object.entries(accelerators).map(([name, accelerator]) => `${name} runs the model on: ${accelerator}`),
    ...Object.entries(peakMemory).map(([name, size]) => `memory of ${name}: ${bytes(size)} at most`),
    ...job.warnings.map(({ message }) => `note: ${message}`),
    ...errors.map(({ error }) => `error: ${sentence(error.message, error.next)}`),
    ...(job.output?.checks ?? []).map((check) => `${check.ok ? 'ok' : 'WRONG'} ${check.what}: ${check.found}`),
    ...(job.output?.quality ? [qualityLine(job.output.quality)] : []),
    ...(job.output ? [`output: ${job.output.path}`] : []),
  ];
}

/** ", look flat" and ", deband high", where that was asked for. */
function lookText({ look, deband }: Job['task']): string {
  const name = 'id' in look ? look.id : basename(look.file);
  const part = look.strength === 1 ? '' : ` at ${look.strength}`;
  return `${isLook(look) ? `, look ${name}${part}` : ''}${deband === 'auto' ? '' : `, deband ${deband}`}`;
}

function creditLines({ estimate, approvedCredits, chargedCredits }: Job): string[] {
  if (estimate.credits === null) return [];
  const agreed = approvedCredits === null ? '' : `, ${approvedCredits} agreed to`;
  const charged = chargedCredits === null ? '' : `, ${chargedCredits} charged`;
  return [`credits: ${estimate.credits} ${estimate.basis}${agreed}${charged}`];
}

function qualityLine({ pairs, consistencyDb, flicker, still, frameBytes }: Quality): string {
  const facts = [`${bytes(frameBytes)} a frame`];
  if (consistencyDb !== null) facts.push(`${consistencyDb.toFixed(2)} dB self-consistency`);
  if (flicker !== null) facts.push(`flicker ${flicker.toFixed(2)} (interpolation: 1)`);
  if (still !== null) facts.push(`${Math.round(still * 100)} % of the picture still`);
  return `quality: ${facts.join(', ')}; ${pairs} pairs of frames measured`;
}

export function healthLines(health: Health): string[] {
  const signs = { ok: 'ok     ', warning: 'WARNING', error: 'ERROR  ' };
  return [
    `Uprez ${health.version}`,
    ...health.checks.map(
      ({ name, status, detail, next }) => `${signs[status]} ${name}: ${next ? sentence(detail, next) : detail}`,
    ),
  ];
}

function sentence(what: string, next: string): string {
  return `${what} — ${next}`;
}

function progressOf(job: Job, progress: Progress | undefined): string {
  if (job.state === 'succeeded') return '100 %';
  return progress ? `${Math.floor(progress.fraction * 100)} %` : '';
}

function ending(job: Job): string {
  if (job.output) return `${job.output.path} (${outputFacts(job)})`;
  const why = job.error ?? job.waitingFor;
  return why ? sentence(why.message, why.next) : '';
}

function outputFacts({ output, startedAt, endedAt, chargedCredits }: Job): string {
  if (!output) return '';
  const facts = [`${output.width}x${output.height}`, `${output.frames} frames`, bytes(output.sizeBytes)];
  const seconds = startedAt !== null && endedAt !== null ? (endedAt - startedAt) / 1000 : 0;
  if (chargedCredits !== null) facts.push(`${chargedCredits} credits`);
  if (seconds > 0) facts.push(duration(seconds), `${(output.frames / seconds).toFixed(1)} fps`);
  return facts.join(', ');
}

/** Columns as wide as their longest cell; the last one is free to be long. */
export function table(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_cell, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
