import type { LoadedConfig } from '../config/index.ts';
import type { Engine } from './engine.ts';
import { openLocalEngine } from './local/local-engine.ts';

export interface EngineEffects {
  signal?: AbortSignal | undefined;
  /** Hears of what takes its time. */
  tell?: ((message: string) => void) | undefined;
}

/** The engine that the config names. Nothing is started or connected to before it is needed. */
export async function openEngine(loaded: LoadedConfig, effects: EngineEffects = {}): Promise<Engine> {
  const { engine } = loaded.config;
  if (engine === 'local') return openLocalEngine(loaded, effects);
  const { openSparkEngine } = await import('./spark/spark-engine.ts');
  return openSparkEngine(loaded, engine, effects);
}
