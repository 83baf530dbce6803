import { BackendId, defaultModels, type Model, noModel, Settings, type SettingsPatch } from '@uprez/shared';
import { useSurroundings } from './surroundings.ts';
import { backendNames, deliveryNames, labels } from './words.ts';

interface ChoiceFieldsProps {
  settings: Settings;
  change(patch: SettingsPatch): void;
}

/** How clips are upscaled: remembered by the daemon, so panel, dashboard and command line agree. */
export function ChoiceFields({ settings, change }: ChoiceFieldsProps) {
  const { models, looks } = useSurroundings();
  const { model, scale, backend, look } = settings;
  const setBackend = (value: string): void => {
    const next = BackendId.parse(value);
    change({ backend: next, model: defaultModels[next] });
  };
  return (
    <>
      <Choice
        label={labels.model}
        value={model}
        options={modelOptions(models, backend, model)}
        onChange={(id) => change({ model: id })}
      />
      <Choice
        label={labels.scale}
        value={String(scale)}
        options={[
          ['2', '2x'],
          ['4', '4x'],
        ]}
        onChange={(value) => change({ scale: value === '4' ? 4 : 2 })}
      />
      <Choice
        label={labels.backend}
        value={backend}
        options={backendsOffered(models, backend).map((id) => [id, backendNames[id]])}
        onChange={setBackend}
      />
      <Choice
        label={labels.look}
        value={look}
        options={looks.length > 0 ? looks.map(({ id, name }) => [id, name]) : [[look, look]]}
        onChange={(id) => change({ look: looks.find((offer) => offer.id === id)?.id ?? 'none' })}
      />
    </>
  );
}

/** Where results go in the host's project. */
export function DeliveryFields({ settings, change }: ChoiceFieldsProps) {
  const modes = Settings.shape.delivery.unwrap();
  return (
    <>
      <Choice
        label={labels.delivery}
        value={settings.delivery}
        options={modes.options.map((mode) => [mode, deliveryNames[mode]])}
        onChange={(mode) => change({ delivery: modes.parse(mode) })}
      />
      <NumberField
        label={labels.handles}
        value={settings.handles}
        most={1000}
        onChange={(handles) => change({ handles })}
      />
    </>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly (readonly [value: string, name: string])[];
  onChange(value: string): void;
}

export function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <div className="field">
      <span className="field-name quiet">{label}</span>
      <select className="grow" aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

interface NumberFieldProps {
  label: string;
  value: number;
  most: number;
  onChange(value: number): void;
}

/** Whole numbers from 0. What is no such number changes nothing. */
export function NumberField({ label, value, most, onChange }: NumberFieldProps) {
  const changeTo = (text: string): void => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= 0 && number <= most) onChange(number);
  };
  return (
    <div className="field">
      <span className="field-name quiet">{label}</span>
      <input
        className="grow"
        type="number"
        min={0}
        max={most}
        aria-label={label}
        value={value}
        onChange={(event) => changeTo(event.target.value)}
      />
    </div>
  );
}

/** The app of somebody else only where it is installed: its models say so. */
function backendsOffered(models: readonly Model[], chosen: BackendId): BackendId[] {
  const isThere = (id: BackendId): boolean => models.some(({ backend }) => backend === id);
  return BackendId.options.filter((id) => id !== 'topaz-desktop' || id === chosen || isThere(id));
}

/** Models of the backend that are ready, and the chosen one whatever it is. */
function modelOptions(models: readonly Model[], backend: BackendId, chosen: string): [string, string][] {
  const offered = models.filter((model) => model.ready && model.backend === backend && model.id !== noModel);
  const options = offered.map(({ id, name }): [string, string] => [id, name]);
  return options.some(([id]) => id === chosen) ? options : [[chosen, chosen], ...options];
}
