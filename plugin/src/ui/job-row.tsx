import { can, type Job, type Progress, uprightSize } from '@uprez/shared';
import { memo } from 'react';
import type { Act } from '../flows/act.ts';
import type { DeliveryNote } from '../flows/courier.ts';
import { JobDetails } from './job-details.tsx';
import { ErrorNotice, Remark } from './error-notice.tsx';
import { jobMenu } from './menu.ts';
import type { MenuPlace } from './menu-layer.tsx';
import { progressParts, type Status, statusOf } from './status.ts';
import { useSurroundings } from './surroundings.ts';
import { Thumbnail } from './thumbnail.tsx';
import { useActs } from './use-acts.ts';
import { MenuButton } from './menu-button.tsx';
import { useContextMenu } from './use-context-menu.ts';
import { becomes, fileName, words } from './words.ts';

export interface JobRowProps {
  job: Job;
  progress: Progress | undefined;
  note: DeliveryNote | undefined;
  restorable: ReadonlySet<string>;
  selected: boolean;
  /** Details open below the row instead of elsewhere. */
  inline: boolean;
  onSelect(id: string): void;
}

/** One job: what it is, how far it is, what can be done about it. */
export const JobRow = memo(function JobRow(props: JobRowProps) {
  const { job, progress, note, selected, inline, onSelect } = props;
  const acts = useActs(job);
  const openMenu = useJobMenu(props, acts.start);
  const contextMenu = useContextMenu(openMenu);
  const name = fileName(job.task.source);
  return (
    <li className={selected ? 'job selected' : 'job'} data-state={job.state} {...contextMenu}>
      <div className="job-row">
        <Thumbnail job={job} of={job.output ? 'result' : 'source'} frame={middle(job)} width={56} />
        <div className="job-body">
          <div className="line">
            <button
              type="button"
              className="name"
              title={job.task.source}
              aria-expanded={selected}
              onClick={() => onSelect(job.id)}
            >
              {name}
            </button>
            <StatusText status={statusOf(job, note)} />
            <MenuButton name={name} open={openMenu} />
          </div>
          <div className="line">
            <span className="quiet grow cut">{descriptionOf(job)}</span>
            <QuickActs job={job} busy={acts.busy} most={inline ? 1 : 4} onAct={acts.start} />
          </div>
          {progress && <ProgressLine progress={progress} name={name} />}
          <Notes job={job} note={note} acts={acts} />
        </div>
      </div>
      {inline && selected && <JobDetails job={job} />}
    </li>
  );
});

function useJobMenu({ job, restorable }: JobRowProps, onAct: (act: Act) => void): (place: MenuPlace) => void {
  const { client, host, models, looks, openMenu } = useSurroundings();
  return (place) => {
    if (!client) return;
    const { settings, jobs } = client.view;
    const items = jobMenu(job, { host: host.kind, settings, models, looks, jobs, restorable });
    openMenu(place, items, (act) => (act.do === 'download' ? download(job) : onAct(act)));
  };
}

/** The file comes as an attachment, so the page stays. */
function download({ id }: Job): void {
  const link = document.createElement('a');
  link.href = `/jobs/${id}/result`;
  link.download = '';
  link.click();
}

function StatusText({ status: { text, tone } }: { status: Status }) {
  return <span className={`state ${tone}`}>{text}</span>;
}

interface QuickActsProps {
  job: Job;
  busy: boolean;
  /** More than so many have no room. */
  most: number;
  onAct(act: Act): void;
}

/** What one wants next in this state, without opening a menu. */
function QuickActs({ job, busy, most, onAct }: QuickActsProps) {
  const acts = (['approve', 'cancel', 'retry', 'remove'] as const).filter((act) => can(job.state, act));
  const all: [string, Act][] = acts.map((act) => [words[act], { do: act }]);
  if (job.output) all.unshift([words.reveal, { do: 'reveal', file: 'result' }]);
  return (
    <span className="acts">
      {all.slice(0, most).map(([label, act]) => (
        <button key={label} type="button" className="quiet-button" disabled={busy} onClick={() => onAct(act)}>
          {label}
        </button>
      ))}
    </span>
  );
}

function ProgressLine({ progress, name }: { progress: Progress; name: string }) {
  const percent = Math.floor(progress.fraction * 100);
  return (
    <div className="progress">
      <div
        className="bar"
        role="progressbar"
        aria-label={name}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <div className="bar-done" style={{ width: `${percent}%` }} />
      </div>
      <div className="quiet cut numbers">{progressParts(progress).join(' · ')}</div>
    </div>
  );
}

interface NotesProps {
  job: Job;
  note: DeliveryNote | undefined;
  acts: ReturnType<typeof useActs>;
}

/** Whatever is not as it should be, each with what to do about it. */
function Notes({ job, note, acts }: NotesProps) {
  const { cancelCost } = acts;
  return (
    <>
      {job.error && <ErrorNotice error={job.error} />}
      {job.state === 'queued' && job.waitingFor && <ErrorNotice error={job.waitingFor} />}
      {note?.kind === 'failed' && (
        <>
          <ErrorNotice error={note.error} />
          <button type="button" disabled={acts.busy} onClick={() => acts.start({ do: 'import-again' })}>
            {words.importAgain}
          </button>
        </>
      )}
      {cancelCost !== undefined && (
        <div className="line">
          <Remark text={Number.isNaN(cancelCost) ? words.cancelUnknown : words.cancelCosts(cancelCost)} />
          <button type="button" onClick={() => acts.perform({ do: 'cancel' })}>
            {words.cancelAnyway}
          </button>
          <button type="button" onClick={acts.keep}>
            {words.keep}
          </button>
        </div>
      )}
      {acts.error && <ErrorNotice error={acts.error} />}
    </>
  );
}

function descriptionOf({ task, media, estimate }: Job): string {
  const look = 'id' in task.look ? task.look.id : fileName(task.look.file);
  const made = task.scale === 1 ? [] : [`${task.scale}x ${task.model}`];
  return [becomes(uprightSize(media), estimate), ...made, ...(look === 'none' ? [] : [look])].join(' · ');
}

function middle({ output, estimate }: Job): number {
  return Math.floor((output?.frames ?? estimate.frames) / 2);
}
