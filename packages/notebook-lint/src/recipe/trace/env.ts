import type { Env, Traced } from './traced.ts';

export function newEnv(outer?: Env): Env {
  return { names: new Map(), outer, returned: [] };
}

export function lookUp(env: Env, name: string): Traced | undefined {
  for (let at: Env | undefined = env; at; at = at.outer) {
    const value = at.names.get(name);
    if (value) return value;
  }
  return undefined;
}
