import type { Terminal } from './terminal.ts';
import { printable } from './terminal.ts';

export interface Stages {
  next(stage: string): void;
  end(): void;
}

const QUIET_MS = 2_000;

/** Tells on stderr what is being done, from the third second on: short work stays silent. */
export function createStages(terminal: Terminal): Stages {
  let current: string | undefined;
  let quiet = true;
  const tell = () => {
    if (current !== undefined) terminal.log(`${printable(current)} ...`);
  };
  const timer = setTimeout(() => {
    quiet = false;
    tell();
  }, QUIET_MS);
  return {
    next(stage) {
      current = stage;
      if (!quiet) tell();
    },
    end() {
      clearTimeout(timer);
    },
  };
}
