import { Alpha, Deband, RateConversion } from '@uprez/shared';
import type { FileWishes } from '../../flows/file-tasks.ts';
import { Choice } from '../choice-fields.tsx';
import { alphaNames, debandNames, labels, rateConversionNames, soundNames, words } from '../words.ts';

interface WishFieldsProps {
  wishes: FileWishes;
  change(wishes: FileWishes): void;
  /** One file: a part of it can be taken. */
  single: boolean;
}

const entries = <T extends string>(names: Record<T, string>): [T, string][] => Object.entries(names) as [T, string][];

/** What one chooses for some clips only. */
export function WishFields({ wishes, change, single }: WishFieldsProps) {
  const set = (patch: Partial<FileWishes>): void => change({ ...wishes, ...patch });
  return (
    <>
      <Text
        label={labels.from}
        value={wishes.from}
        hint={words.timeHint}
        disabled={!single}
        set={(from) => set({ from })}
      />
      <Text label={labels.to} value={wishes.to} hint={words.timeHint} disabled={!single} set={(to) => set({ to })} />
      <RateFields wishes={wishes} set={set} />
      <Choice
        label={labels.sound}
        value={wishes.audio}
        options={entries(soundNames)}
        onChange={(audio) => set({ audio: audio === 'none' ? 'none' : 'keep' })}
      />
      <Choice
        label={labels.alpha}
        value={wishes.alpha}
        options={entries(alphaNames)}
        onChange={(alpha) => set({ alpha: Alpha.parse(alpha) })}
      />
      <Choice
        label={labels.deband}
        value={wishes.deband}
        options={entries(debandNames)}
        onChange={(deband) => set({ deband: Deband.parse(deband) })}
      />
      <Text label={labels.output} value={wishes.output} hint={words.outputHint} set={(output) => set({ output })} />
    </>
  );
}

interface RateFieldsProps {
  wishes: FileWishes;
  set(patch: Partial<FileWishes>): void;
}

function RateFields({ wishes, set }: RateFieldsProps) {
  return (
    <>
      <Text
        label={labels.frameRate}
        value={wishes.frameRate}
        hint={words.frameRateHint}
        set={(frameRate) => set({ frameRate })}
      />
      {wishes.frameRate.trim() !== '' && (
        <Choice
          label={labels.rateConversion}
          value={wishes.rateConversion}
          options={entries(rateConversionNames)}
          onChange={(way) => set({ rateConversion: RateConversion.parse(way) })}
        />
      )}
    </>
  );
}

interface TextProps {
  label: string;
  value: string;
  hint: string;
  disabled?: boolean;
  set(value: string): void;
}

function Text({ label, value, hint, disabled = false, set }: TextProps) {
  return (
    <div className="field">
      <span className="field-name quiet">{label}</span>
      <input
        className="grow"
        aria-label={label}
        placeholder={hint}
        disabled={disabled}
        value={value}
        onChange={(event) => set(event.target.value)}
      />
    </div>
  );
}
