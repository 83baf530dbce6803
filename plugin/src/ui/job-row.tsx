import { can, type DaemonClient, type Job, type JobAction, type Progress } from '@uprez/shared';
import { useAsking } from '../state/use-asking.ts';
import { useCancelCost } from './use-cancel-cost.ts';
import { ErrorNotice } from './error-notice.tsx';
import { elapsed, fileName, megabytes, progressText, qualityText, stateText } from './words.ts';

interface JobRowProps {
  job: Job;
  progress: Progress | undefined;
  client: DaemonClient | undefined;
}

/** One job: what it is, how far it is, what can be done about it. */
export function JobRow({ job, progress, client }: JobRowProps) {
  const { ask, busy, error } = useAsking();
  return (
    <li className={`job ${job.state}`} data-state={job.state}>
      <div className="line">
        <span className="name" title={job.task.source}>
          {fileName(job.task.source)}
        </span>
        <span className="quiet">
          {job.task.scale}x · {job.task.model}
        </span>
        <span className="state">{stateText(job)}</span>
        <Actions
          job={job}
          client={client}
          disabled={!client || busy}
          onAction={(call) => void ask(async () => client?.call(call, { id: job.id }))}
        />
      </div>
      {progress && <ProgressLine progress={progress} />}
      {job.output && <OutputLine job={job} output={job.output} />}
      {job.error && <ErrorNotice error={job.error} />}
      {job.waitingFor && <ErrorNotice error={job.waitingFor} />}
      {error && <ErrorNotice error={error} />}
    </li>
  );
}

const actions = [
  ['approve', 'approveJob', 'Approve'],
  ['cancel', 'cancelJob', 'Cancel'],
  ['retry', 'retryJob', 'Retry'],
  ['remove', 'removeJob', 'Remove'],
] as const satisfies readonly (readonly [JobAction, string, string])[];

interface ActionsProps {
  job: Job;
  client: DaemonClient | undefined;
  disabled: boolean;
  onAction(call: (typeof actions)[number][1]): void;
}

function Actions({ job, client, disabled, onAction }: ActionsProps) {
  const cancel = useCancelCost(job, client);
  return (
    <span className="actions">
      {actions
        .filter(([action]) => can(job.state, action))
        .map(([action, call, label]) => (
          <button
            key={action}
            type="button"
            disabled={disabled}
            onClick={() => (action === 'cancel' ? cancel.confirm(() => onAction(call)) : onAction(call))}
          >
            {action === 'cancel' ? cancel.label : label}
          </button>
        ))}
    </span>
  );
}

function ProgressLine({ progress }: { progress: Progress }) {
  return (
    <div className="line progress">
      <progress max={1} value={progress.fraction} aria-label="Progress" />
      <span className="quiet numbers">{progressText(progress)}</span>
    </div>
  );
}

function OutputLine({ job, output }: { job: Job; output: NonNullable<Job['output']> }) {
  return (
    <p className="quiet output">
      {output.path} · {output.width}x{output.height} · {output.frames} frames · {megabytes(output.sizeBytes)}
      {output.quality && qualityText(output.quality)}
      {job.chargedCredits !== null && ` · ${job.chargedCredits} credits`}
      {elapsed(job)}
    </p>
  );
}
