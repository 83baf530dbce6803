import { type Model, type ModelDetails, type ModelPull, noModel, type View } from '@uprez/shared';
import { type FormEvent, useState } from 'react';
import { useAsking } from '../../state/use-asking.ts';
import { ErrorNotice } from '../error-notice.tsx';
import { useSurroundings } from '../surroundings.ts';
import { backendNames, byteSize, pullText, words } from '../words.ts';

/** Models that are here, those that can be downloaded, and a way to add one's own. */
export function ModelsView({ view }: { view: View }) {
  const { models } = useSurroundings();
  return (
    <section aria-label={words.models}>
      <AddModel />
      <ul className="jobs" aria-label={words.models}>
        {models.filter(isNetwork).map((model) => (
          <ModelRow key={`${model.backend} ${model.id}`} model={model} pull={view.pulls[model.id]} />
        ))}
      </ul>
    </section>
  );
}

/** The model that is none is for the form only. */
function isNetwork({ id }: Model): boolean {
  return id !== noModel;
}

function AddModel() {
  const { client } = useSurroundings();
  const { ask, busy, error } = useAsking();
  const [path, setPath] = useState('');
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (await ask(async () => client?.call('addModel', { path: path.trim() }))) setPath('');
  };
  return (
    <form className="task-form" onSubmit={(event) => void submit(event)}>
      <div className="line">
        <input
          className="grow"
          aria-label={words.modelPath}
          placeholder={words.modelPathHint}
          value={path}
          onChange={(event) => setPath(event.target.value)}
        />
        <button type="submit" disabled={!client || busy || path.trim() === ''}>
          {busy ? words.tryingModel : words.addModel}
        </button>
      </div>
      {error && <ErrorNotice error={error} />}
    </form>
  );
}

function ModelRow({ model, pull }: { model: Model; pull: ModelPull | undefined }) {
  const { client } = useSurroundings();
  const { ask, busy, error } = useAsking();
  const [licence, setLicence] = useState<ModelDetails>();
  const { id } = model;
  const showLicence = (): void => void ask(async () => setLicence(await client?.call('getModel', { id })));
  const accept = (): void => {
    setLicence(undefined);
    void ask(async () => client?.call('pullModel', { id, acceptedLicence: model.licence }));
  };
  return (
    <li className="job" data-model={id}>
      <div className="grow">
        <div className="line">
          <b className="grow cut">{model.name}</b>
          <span className="quiet">{model.ready ? words.ready : words.notReady(model.downloadBytes)}</span>
          {!pull && model.downloadBytes !== null && (
            <button type="button" disabled={!client || busy} onClick={showLicence}>
              {words.downloadModel}
            </button>
          )}
          <RemoveModel model={model} />
        </div>
        <p className="quiet">
          {[id, model.purpose, backendNames[model.backend], model.licence, model.origin].join(' · ')}
        </p>
        {pull && <PullLine pull={pull} model={model} />}
        {licence && <Licence details={licence} accept={accept} decline={() => setLicence(undefined)} />}
        {error && <ErrorNotice error={error} />}
      </div>
    </li>
  );
}

function RemoveModel({ model }: { model: Model }) {
  const { client } = useSurroundings();
  const { ask, busy, error } = useAsking();
  if (!model.removable) return null;
  return (
    <>
      <button
        type="button"
        className="quiet-button"
        disabled={!client || busy}
        onClick={() => void ask(async () => client?.call('removeModel', { id: model.id }))}
      >
        {words.remove}
      </button>
      {error && <ErrorNotice error={error} />}
    </>
  );
}

function PullLine({ pull, model: { id, name } }: { pull: ModelPull; model: Model }) {
  const { client } = useSurroundings();
  const { ask, busy } = useAsking();
  const percent = Math.floor((pull.bytesDone / pull.bytesTotal) * 100);
  return (
    <div className="progress">
      <div className="bar" role="progressbar" aria-label={name} aria-valuenow={percent}>
        <div className="bar-done" style={{ width: `${percent}%` }} />
      </div>
      <div className="line">
        <span className="quiet numbers grow">{pullText(pull)}</span>
        <button
          type="button"
          className="quiet-button"
          disabled={!client || busy}
          onClick={() => void ask(async () => client?.call('cancelPull', { id }))}
        >
          {words.cancel}
        </button>
      </div>
    </div>
  );
}

interface LicenceProps {
  details: ModelDetails;
  accept(): void;
  decline(): void;
}

function Licence({ details, accept, decline }: LicenceProps) {
  const { copyright, licence, licenceText, downloadBytes } = details;
  return (
    <div className="licence" role="group" aria-label={words.licenceOf(details.name)}>
      <p>{[licence, copyright].filter(Boolean).join(' · ')}</p>
      {licenceText !== null && <pre>{licenceText}</pre>}
      <div className="line buttons">
        <button type="button" className="primary" onClick={accept}>
          {words.acceptLicence(downloadBytes === null ? '' : byteSize(downloadBytes))}
        </button>
        <button type="button" onClick={decline}>
          {words.decline}
        </button>
      </div>
    </div>
  );
}
