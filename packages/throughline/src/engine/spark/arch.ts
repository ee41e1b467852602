import { EXIT, ThroughlineError } from '../../error.ts';

/** An architecture that there is a Node and an ONNX runtime for, by Node's name. */
export type Arch = 'x64' | 'arm64';

/** By what `uname -sm` says. Throws ThroughlineError (69) for a system that workers do not run on. */
export function archOf(uname: string): Arch {
  const arch = ARCHS[uname.trim()];
  if (arch !== undefined) return arch;
  throw new ThroughlineError(`the executors are "${uname.trim()}"`, {
    code: 'executor_unsupported',
    exitCode: EXIT.unavailable,
    hint: 'Workers run on Linux, x86_64 or aarch64.',
  });
}

const ARCHS: Readonly<Record<string, Arch>> = { 'Linux x86_64': 'x64', 'Linux aarch64': 'arm64' };
