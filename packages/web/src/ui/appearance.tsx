import { useState } from 'react';
import { AutoIcon, MoonIcon, SunIcon } from './icons.tsx';

const NAME = 'throughline.appearance';
const CHOICES = ['system', 'light', 'dark'] as const;
type Appearance = (typeof CHOICES)[number];
const ICONS = { system: AutoIcon, light: SunIcon, dark: MoonIcon };

/** Light, dark, or as the system has it. */
export function AppearanceButton() {
  const [chosen, setChosen] = useState<Appearance>(
    () => (document.documentElement.dataset.appearance as Appearance | undefined) ?? 'system',
  );
  const next = CHOICES[(CHOICES.indexOf(chosen) + 1) % CHOICES.length]!;
  const Icon = ICONS[chosen];
  const choose = () => {
    keep(next);
    setChosen(next);
    dispatchEvent(new Event('throughline:appearance'));
  };
  const label = `Appearance: ${chosen}. Change to ${next}`;
  return (
    <button type="button" className="quiet icon" aria-label={label} title={label} onClick={choose}>
      <Icon />
    </button>
  );
}

function keep(appearance: Appearance): void {
  const { dataset } = document.documentElement;
  if (appearance === 'system') delete dataset.appearance;
  else dataset.appearance = appearance;
  try {
    if (appearance === 'system') localStorage.removeItem(NAME);
    else localStorage.setItem(NAME, appearance);
  } catch {
    // Storage is turned off: it holds until the page is closed.
  }
}
