import type { Settings } from '@uprez/shared';
import { type DragEvent, type FormEvent, useRef, useState } from 'react';
import { type Choice, flatChoice, upscaleChoice } from '../../flows/act.ts';
import { fileTasks, type FileWishes, plainWishes, type SourceFile } from '../../flows/file-tasks.ts';
import { useAsking } from '../../state/use-asking.ts';
import { useSettings } from '../../state/use-settings.ts';
import { useUploads } from '../../state/use-uploads.ts';
import { ChoiceFields } from '../choice-fields.tsx';
import { ErrorNotice } from '../error-notice.tsx';
import { EstimateLine } from '../estimate-line.tsx';
import { useSurroundings } from '../surroundings.ts';
import { useEstimate } from '../use-estimate.ts';
import { labels, words } from '../words.ts';
import { SentList } from './sent-list.tsx';
import { WishFields } from './wish-fields.tsx';

/** Adds clips, dropped or by their path; what is not chosen here is as the settings say. */
export function TaskForm({ settings: known }: { settings: Settings }) {
  const form = useTaskForm(known);
  const { uploads, wishes, setWishes, more, setMore, disabled, submit, settings, error } = form;
  const asForm = (event: FormEvent): void => {
    event.preventDefault();
    submit(form.choice);
  };
  return (
    <form className="task-form" onSubmit={asForm}>
      <DropZone add={uploads.add}>
        <input
          className="grow"
          aria-label={labels.path}
          placeholder={words.pathHint}
          value={form.path}
          onChange={(event) => form.setPath(event.target.value)}
        />
        <FileButton add={uploads.add} />
      </DropZone>
      <SentList sent={uploads.sent} drop={uploads.drop} />
      <div className="fields">
        <ChoiceFields settings={settings} change={form.change} />
        {more && <WishFields wishes={wishes} change={setWishes} single={form.files.length <= 1} />}
      </div>
      <div className="line buttons">
        <button type="submit" className="primary" disabled={disabled}>
          {words.upscale}
        </button>
        <button type="button" disabled={disabled} onClick={() => submit(flatChoice(settings.look))}>
          {words.flat}
        </button>
        <button type="button" className="quiet-button" aria-expanded={more} onClick={() => setMore(!more)}>
          {more ? words.fewerOptions : words.moreOptions}
        </button>
        {!error && <EstimateLine estimated={form.estimated} scale={settings.scale} />}
      </div>
      {error && <ErrorNotice error={error} />}
    </form>
  );
}

function useTaskForm(known: Settings) {
  const { client, models } = useSurroundings();
  const { settings, change, error: refusedChange } = useSettings(known, client);
  const { ask, busy, error } = useAsking();
  const uploads = useUploads();
  const [path, setPath] = useState('');
  const [wishes, setWishes] = useState<FileWishes>(plainWishes);
  const [more, setMore] = useState(false);
  const files = filesOf(uploads.sent, path);
  const choice = upscaleChoice(settings, models);
  const plan = { handles: settings.handles, wishes };
  const key = files.length === 0 ? '' : JSON.stringify([files, choice, plan]);
  const estimated = useEstimate(client, key, (connected) => fileTasks(connected, files, { ...plan, choice }));
  const submit = (made: Choice): void =>
    void ask(async () => {
      if (!client) return;
      const tasks = await fileTasks(client, files, { ...plan, choice: made });
      await client.call('addJobs', { jobs: tasks.map((task) => ({ task, requestId: crypto.randomUUID() })) });
      // What was typed or dropped meanwhile is for the next job.
      setPath((now) => (now === path ? '' : now));
      uploads.used(files.map((file) => file.path));
      setWishes({ ...wishes, from: '', to: '' });
    });
  const sending = uploads.sent.some(({ state }) => state.kind === 'sending');
  const disabled = !client || busy || files.length === 0 || sending;
  return {
    ...{ uploads, path, setPath, wishes, setWishes, more, setMore },
    ...{ files, choice, estimated, submit, settings, change, disabled, error: error ?? refusedChange },
  };
}

function filesOf(sent: ReturnType<typeof useUploads>['sent'], path: string): SourceFile[] {
  const typed = path.trim();
  const uploaded = sent.flatMap(({ state }) => (state.kind === 'there' ? [state.upload] : []));
  return [...uploaded, ...(typed === '' ? [] : [{ path: typed, output: null }])].map(({ path, output }) => ({
    path,
    output,
  }));
}

interface DropZoneProps {
  add(files: readonly File[]): void;
  children: React.ReactNode;
}

/** Files can be dropped anywhere on it. */
function DropZone({ add, children }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    add([...event.dataTransfer.files]);
  };
  return (
    <div
      className={over ? 'drop over' : 'drop'}
      role="group"
      aria-label={words.dropHint}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <p className="quiet">{words.dropHint}</p>
      <div className="line">{children}</div>
    </div>
  );
}

function FileButton({ add }: Pick<DropZoneProps, 'add'>) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={words.chooseFiles}
        onChange={(event) => {
          add([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      <button type="button" onClick={() => input.current?.click()}>
        {words.chooseFiles}
      </button>
    </>
  );
}
