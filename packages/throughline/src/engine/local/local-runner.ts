import { sizeBytes } from '../../config/index.ts';
import { openEventLog } from '../../http/index.ts';
import { openVectorCache } from '../../lake/vectors.ts';
import { createMapper } from '../../mapper/mapper.ts';
import { loadTokenizer, openEmbedder } from '../../model/index.ts';
import type { ChunkRunner, EngineRun } from '../engine.ts';
import { createEmbedBatch } from './embed-batch.ts';
import { runChunks } from './run-chunks.ts';
import type { Session } from './session.ts';

/** Runs staged chunks of the session. Close it, or hold it with `await using`: the model's threads end with it. */
export async function openLocalRunner(session: Session, run: EngineRun): Promise<ChunkRunner> {
  const { prepared, build, pipelineId, clock, signal, reporter } = run;
  const { config, mapping, model, spec } = prepared;
  const log = openEventLog(reporter, () => performance.now());
  const embedder = await openEmbedder(spec, log.event);
  const costly = model.costly === true;
  const cache = await openVectorCache(
    prepared.lakeRoot,
    model.digest,
    model.dimension,
    session.connect,
    clock,
    { keepAtOnce: costly },
  );
  const [dead_letters, records, passages] = [
    await session.connect(),
    await session.connect(),
    await session.connect(),
  ];
  const local = {
    ...{ session, build, config, pipelineId, run: run.run, clock, signal },
    connections: { dead_letters, records, passages },
    mapper: createMapper(config, mapping, model, await loadTokenizer(spec)),
    // What costs nothing is not worth an attempt: it goes on, and its commit decides.
    embed: createEmbedBatch(embedder, cache, signal, costly ? run.holding : undefined),
    callTexts: model.batch,
    onRows: (rows: number) => reporter.rows(rows),
  };
  return {
    run: (chunks) => runChunks(chunks, local),
    keep: () => cache.flush(),
    tidy: () => cache.compact(sizeBytes(config.vectors.maxSize)),
    usage: () => embedder.usage?.(),
    async [Symbol.asyncDispose]() {
      log.flush();
      await embedder.close();
    },
  };
}
