import { duration, type Progress, type Stage } from '@uprez/shared';

const stages: Record<Stage, string> = {
  prepare: 'getting ready',
  upload: 'uploading',
  download: 'downloading',
  process: '',
  finish: 'finishing the file',
  verify: 'checking the file',
};

/** One terminal line: name, bar, percent, frame, speed and time left, as far as they fit. */
export function barLine(name: string, progress: Progress, columns: number): string {
  const facts = progressFacts(progress);
  const width = Math.max(10, Math.min(30, columns - name.length - facts.length - 6));
  const filled = Math.floor(progress.fraction * width);
  const line = `${name} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${facts}`;
  // The last column stays empty: writing it makes some terminals begin a new line.
  return line.slice(0, Math.max(0, columns - 1));
}

/** The same in words, for logs and pipes. */
export function plainLine(name: string, progress: Progress): string {
  return `${name}: ${progressFacts(progress)}`;
}

function progressFacts(progress: Progress): string {
  const { stage, fraction, framesDone, framesTotal, framesPerSecond, secondsLeft } = progress;
  const facts = [`${Math.floor(fraction * 100)} %`];
  if (stages[stage]) facts.push(stages[stage]);
  else facts.push(`frame ${framesDone}/${framesTotal}`);
  if (framesPerSecond !== null) facts.push(`${framesPerSecond.toFixed(1)} fps`);
  if (secondsLeft !== null) facts.push(`${duration(secondsLeft)} left`);
  return facts.join(', ');
}
