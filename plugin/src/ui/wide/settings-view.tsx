import type { Settings, SettingsPatch } from '@uprez/shared';
import { useState } from 'react';
import { useSettings } from '../../state/use-settings.ts';
import { Choice, NumberField } from '../choice-fields.tsx';
import { ErrorNotice } from '../error-notice.tsx';
import { useSurroundings } from '../surroundings.ts';
import { cloudResultNames, deliveryNames, settingNames, themeNames, words } from '../words.ts';
import { ConnectionSettings } from './connection-settings.tsx';
import { KeyForm } from './key-form.tsx';

interface GroupProps {
  settings: Settings;
  change(patch: SettingsPatch): void;
}

const entries = (names: Record<string, string>): [string, string][] => Object.entries(names);

/** What holds for all jobs from now on. Every change is kept at once. */
export function SettingsView({ settings: known }: { settings: Settings }) {
  const { client } = useSurroundings();
  const { settings, change, error } = useSettings(known, client);
  return (
    <section className="settings" aria-label={words.settings}>
      {error && <ErrorNotice error={error} />}
      <h2>{words.settingsFiles}</h2>
      <FileSettings settings={settings} change={change} />
      <h2>{words.settingsPremiere}</h2>
      <PremiereSettings settings={settings} change={change} />
      <h2>{words.settingsCloud}</h2>
      <KeyForm />
      <CloudSettings settings={settings} change={change} />
      <h2>{words.settingsConnections}</h2>
      <ConnectionSettings />
      <h2>{words.settingsLook}</h2>
      <Choice
        label={settingNames.theme}
        value={settings.theme}
        options={entries(themeNames)}
        onChange={(theme) => change({ theme: theme as Settings['theme'] })}
      />
    </section>
  );
}

function FileSettings({ settings, change }: GroupProps) {
  return (
    <>
      <OutputFolder settings={settings} change={change} />
      <NumberField
        label={settingNames.keepDays}
        value={settings.keepDays}
        most={3650}
        onChange={(keepDays) => keepDays > 0 && change({ keepDays })}
      />
    </>
  );
}

/** Kept when it is left or Enter is pressed: half a path is no folder. */
function OutputFolder({ settings, change }: GroupProps) {
  const [typed, setTyped] = useState<string>();
  const keep = (): void => {
    if (typed !== undefined) change({ outputFolder: typed.trim() === '' ? null : typed.trim() });
    setTyped(undefined);
  };
  return (
    <div className="field">
      <span className="field-name quiet">{settingNames.outputFolder}</span>
      <input
        className="grow"
        aria-label={settingNames.outputFolder}
        placeholder={words.besideSource}
        value={typed ?? settings.outputFolder ?? ''}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={keep}
        onKeyDown={(event) => event.key === 'Enter' && keep()}
      />
    </div>
  );
}

function PremiereSettings({ settings, change }: GroupProps) {
  return (
    <>
      <Choice
        label={settingNames.delivery}
        value={settings.delivery}
        options={entries(deliveryNames)}
        onChange={(mode) => change({ delivery: mode as Settings['delivery'] })}
      />
      <NumberField
        label={settingNames.handles}
        value={settings.handles}
        most={1000}
        onChange={(handles) => change({ handles })}
      />
      <Check
        label={settingNames.disableOriginal}
        value={settings.disableOriginal}
        onChange={(disableOriginal) => change({ disableOriginal })}
      />
    </>
  );
}

function CloudSettings({ settings, change }: GroupProps) {
  return (
    <>
      <NumberField
        label={settingNames.spendPerJob}
        value={settings.spendPerJob}
        most={1e6}
        onChange={(spendPerJob) => change({ spendPerJob })}
      />
      <NumberField
        label={settingNames.spendPerDay}
        value={settings.spendPerDay}
        most={1e6}
        onChange={(spendPerDay) => change({ spendPerDay })}
      />
      <Choice
        label={settingNames.cloudResult}
        value={settings.cloudResult}
        options={entries(cloudResultNames)}
        onChange={(result) => change({ cloudResult: result === 'h265' ? 'h265' : 'prores' })}
      />
      <Check
        label={settingNames.cloudDelete}
        value={settings.cloudDelete}
        onChange={(cloudDelete) => change({ cloudDelete })}
      />
    </>
  );
}

function Check({ label, value, onChange }: { label: string; value: boolean; onChange(value: boolean): void }) {
  return (
    <label className="field">
      <input type="checkbox" checked={value} onChange={(event) => onChange(event.target.checked)} />
      <span>{label}</span>
    </label>
  );
}
