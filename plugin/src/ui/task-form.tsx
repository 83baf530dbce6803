import type { DaemonClient, Model, Settings } from '@uprez/shared';
import { type FormEvent, useEffect, useState } from 'react';
import { useAsking } from '../state/use-asking.ts';
import { ErrorNotice } from './error-notice.tsx';

interface TaskFormProps {
  settings: Settings;
  client: DaemonClient | undefined;
}

/** Adds a clip by its path; what is not chosen here is as the settings say. */
export function TaskForm({ settings, client }: TaskFormProps) {
  const models = useModels(client);
  const { ask, busy, error } = useAsking();
  const [source, setSource] = useState('');
  const [chosenModel, setModel] = useState<string>();
  const [chosenScale, setScale] = useState<2 | 4>();
  const model = chosenModel ?? settings.model;
  const scale = chosenScale ?? settings.scale;
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const { handles } = settings;
    const task = {
      source: source.trim(),
      model,
      scale,
      backend: backendOf(models, model) ?? settings.backend,
      handles,
    };
    const added = await ask(async () => client?.call('addJobs', { jobs: [{ task, requestId: crypto.randomUUID() }] }));
    if (added) setSource('');
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <input
        aria-label="Path of the clip"
        placeholder="/path/to/clip.mp4"
        required
        value={source}
        onChange={(event) => setSource(event.target.value)}
      />
      <Choices {...{ models, model, scale, setModel, setScale }} />
      <button type="submit" disabled={!client || busy || source.trim() === ''}>
        Upscale
      </button>
      {error && <ErrorNotice error={error} />}
    </form>
  );
}

interface ChoicesProps {
  models: Model[];
  model: string;
  scale: 2 | 4;
  setModel(id: string): void;
  setScale(scale: 2 | 4): void;
}

function Choices({ models, model, scale, setModel, setScale }: ChoicesProps) {
  return (
    <>
      <select aria-label="Model" value={model} onChange={(event) => setModel(event.target.value)}>
        {names(models, model).map((id) => (
          <option key={id}>{id}</option>
        ))}
      </select>
      <select aria-label="Scale" value={scale} onChange={(event) => setScale(event.target.value === '4' ? 4 : 2)}>
        <option value={2}>2x</option>
        <option value={4}>4x</option>
      </select>
    </>
  );
}

/** The models as they are at the moment: added and downloaded ones come while the form is open. */
function useModels(client: DaemonClient | undefined): Model[] {
  const [models, setModels] = useState<Model[]>([]);
  useEffect(() => {
    let asked: number | undefined;
    const stop = client?.subscribe(({ modelsRevision }) => {
      if (modelsRevision === asked) return;
      asked = modelsRevision;
      // Without the list the form still offers the model of the settings.
      client.call('listModels', {}).then(
        (list) => asked === modelsRevision && setModels(list),
        () => {},
      );
    });
    return () => {
      asked = undefined;
      stop?.();
    };
  }, [client]);
  return models;
}

function backendOf(models: Model[], model: string): Model['backend'] | undefined {
  return models.find(({ id }) => id === model)?.backend;
}

function names(models: Model[], chosen: string): string[] {
  return [...new Set([chosen, ...models.filter((model) => model.ready).map((model) => model.id)])];
}
