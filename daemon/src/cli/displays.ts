import { duration, isSettled, type Job, type Progress, type View } from '@uprez/shared';
import type { Display } from './follow.ts';
import { clipName, outcomeLine, warningLines } from './print.ts';
import { barLine, plainLine } from './progress-bar.ts';
import type { Terminal } from './terminal.ts';

/** The display that suits the output: JSON lines, a bar that moves, or plain lines. */
export function chooseDisplay(terminal: Terminal, json: boolean): Display {
  if (json) return jsonLines(terminal);
  const endings = announceEndings(terminal);
  return terminal.interactive ? movingBar(terminal, endings) : plainLines(terminal, endings);
}

function movingBar(terminal: Terminal, endings: Display): Display {
  return {
    show(view, jobs) {
      endings.show(view, jobs);
      const job = jobs.find((each) => view.progress[each.id]) ?? jobs.find((each) => !isSettled(each.state));
      if (job) terminal.status(statusLine(job, view, terminal.columns));
    },
  };
}

function statusLine(job: Job, view: View, columns: number): string {
  const progress = view.progress[job.id];
  return progress ? barLine(clipName(job), progress, columns) : `${clipName(job)}: ${waitingFor(job, view)}`;
}

function waitingFor(job: Job, view: View): string {
  if (job.state === 'cancelling') return 'stopping';
  if (job.state === 'running') return 'starting';
  if (job.state !== 'queued') return job.state;
  if (job.waitingFor) return `waiting. ${job.waitingFor.message} ${job.waitingFor.next}`;
  if (view.settings.paused) return 'waiting, the queue is paused';
  const before = view.jobs.filter((other) => !isSettled(other.state) && other.position < job.position).length;
  return before > 0 ? `waiting for ${before} other ${before === 1 ? 'job' : 'jobs'}` : 'starting';
}

/** At most one line per 5 % and change of stage: a log should stay readable. */
function plainLines(terminal: Terminal, endings: Display): Display {
  const said = new Map<string, string>();
  const say = (job: Job, key: string, line: string): void => {
    if (said.get(job.id) === key) return;
    said.set(job.id, key);
    terminal.note(line);
  };
  return {
    show(view, jobs) {
      for (const job of jobs) {
        const progress = view.progress[job.id];
        if (progress) say(job, milestone(progress), plainLine(clipName(job), progress));
        else if (!isSettled(job.state)) {
          const waiting = waitingFor(job, view);
          say(job, waiting, `${clipName(job)}: ${waiting}`);
        }
      }
      endings.show(view, jobs);
    },
  };
}

function milestone({ stage, fraction }: Progress): string {
  return `${stage} ${Math.floor(fraction * 20)}`;
}

/** Says once how each job ended, and before that what there is to know of it. */
function announceEndings(terminal: Terminal): Display {
  const said = new Set<string>();
  return {
    show(_view, jobs) {
      for (const line of jobs.flatMap(warningLines)) {
        if (!said.has(line)) terminal.note(line);
        said.add(line);
      }
      for (const job of jobs) {
        if (said.has(job.id) || !(isSettled(job.state) || job.state === 'awaiting-approval')) continue;
        said.add(job.id);
        terminal.note(job.state === 'awaiting-approval' ? approvalLine(job) : outcomeLine(job));
      }
    },
  };
}

function approvalLine(job: Job): string {
  const { credits, seconds } = job.estimate;
  const price = `costs ${credits ?? 0} credits and takes about ${duration(seconds)} in the cloud`;
  return `${clipName(job)}: ${price} — To go on, type: uprez approve ${job.id.slice(0, 8)}`;
}

function jsonLines(terminal: Terminal): Display {
  const said = new Map<string, number>();
  let last: View['progress'] = {};
  return {
    show(view, jobs) {
      for (const job of jobs) {
        if (said.get(job.id) !== job.revision) terminal.out(JSON.stringify({ event: 'job', job }));
        said.set(job.id, job.revision);
        const progress = view.progress[job.id];
        if (progress && progress !== last[job.id])
          terminal.out(JSON.stringify({ event: 'progress', id: job.id, progress }));
      }
      last = view.progress;
    },
  };
}
