import { sizeBytes } from '../../config/index.ts';
import { openEventLog } from '../../http/index.ts';
import { openVectorCache } from '../../lake/vectors.ts';
import { openBatchMapper } from '../../mapper/batch-mapper.ts';
import { createMapper } from '../../mapper/mapper.ts';
import { loadTokenizer, openEmbedder } from '../../model/index.ts';
import type { ChunkRunner, EngineRun } from '../engine.ts';
import { openChunkReader } from './chunk-rows.ts';
import { createEmbedBatch } from './embed-batch.ts';
import { type OpenWriter, runChunks } from './run-chunks.ts';
import type { Session } from './session.ts';

/** Runs staged chunks of the session. Close it, or hold it with `await using`: the model's threads end with it. */
export async function openLocalRunner(
  session: Session,
  run: EngineRun,
  openWriter?: OpenWriter,
): Promise<ChunkRunner> {
  const { prepared, build, pipelineId, clock, signal, reporter } = run;
  const { config, mapping, model, spec, directory } = prepared;
  const log = openEventLog(reporter, () => performance.now());
  const own = run.embedder === undefined ? await openEmbedder(spec, log.event) : undefined;
  const embedder = run.embedder ?? own!;
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
  const reader = openChunkReader(session, { config, mapping, directory, signal });
  const mapper = openBatchMapper(
    createMapper(config, mapping, model, await loadTokenizer(spec)),
    config.split,
    directory,
  );
  const local = {
    ...{ session, reader, mapper, build, pipelineId, run: run.run, openWriter, clock, signal },
    connections: { dead_letters, records, passages },
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
      await Promise.all([own?.close(), reader[Symbol.asyncDispose](), mapper[Symbol.asyncDispose]()]);
    },
  };
}
