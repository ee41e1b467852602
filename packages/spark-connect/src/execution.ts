/**
 * One execution on the server, read to its end whatever happens to the connection.
 *
 * ```text
 * submit --answer--> attached --result complete--> done
 *   |                 |    ^
 *   |  connection     |    |  an answer after the last one that was read
 *   |  fails          v    |
 *   +-------------> detached --operation not found, nothing was ever read--> submit
 * ```
 *
 * The server numbers its responses and keeps those that were not released; a stream that broke, or that the server
 * ended (it does after two minutes, or one gigabyte), goes on after `lastResponseId`. The operation's id is ours, so
 * that an execution whose first answer never came is found too: it is submitted again only if the server says that it
 * never saw it, so that nothing runs twice. Whoever stops reading early, by an abort, an error or `return()`, ends
 * the execution on the server as well.
 */
import { randomUUID } from 'node:crypto';
import type { ConnectError } from '@connectrpc/connect';
import type { Channel } from './channel.ts';
import { ProtocolError } from './errors.ts';
import { asGrpc, isFromServer, isTransient } from './failure.ts';
import {
  type ExecutePlanResponse,
  type ExecutePlanResponse_ExecutionProgress,
  InterruptRequest_InterruptType,
  type Plan,
} from './protocol/spark_connect_pb.ts';
import { type Releaser, releaser } from './release.ts';
import { type Outage, outage } from './retry.ts';
import { checkTag, type ExecuteSettings, limitsOf, type Progress } from './settings.ts';

/** The responses of `plan`, each once, in order, without those of progress. */
export async function* execute(
  channel: Channel,
  plan: Plan,
  settings: ExecuteSettings = {},
): AsyncGenerator<ExecutePlanResponse, void, void> {
  const { signal } = limitsOf(settings);
  signal?.throwIfAborted();
  const operation: Operation = {
    channel,
    plan,
    id: randomUUID(),
    tags: (settings.tags ?? []).map(checkTag),
    signal,
  };
  const release = releaser(channel, operation.id);
  let complete = false;
  try {
    for await (const response of responses(operation, release)) {
      const { case: kind, value } = response.responseType;
      if (kind === 'executionProgress') settings.onProgress?.(progressOf(value));
      else if (kind === 'resultComplete') complete = true;
      else yield response;
    }
  } catch (error) {
    throw await channel.translate(error, signal);
  } finally {
    await end(operation, release, complete);
  }
}

interface Operation {
  channel: Channel;
  plan: Plan;
  id: string;
  tags: string[];
  signal: AbortSignal | undefined;
}

async function* responses(
  operation: Operation,
  release: Releaser,
): AsyncGenerator<ExecutePlanResponse, void, void> {
  const { channel, signal } = operation;
  const patience = outage(channel.outageMs);
  let lastResponseId: string | undefined;
  let stream = submit(operation);
  for (;;) {
    try {
      for await (const response of stream) {
        channel.observe(response);
        patience.over();
        lastResponseId = response.responseId;
        yield response;
        if (response.responseType.case === 'resultComplete') return;
        release.until(lastResponseId);
      }
      stream = reattach(operation, lastResponseId);
    } catch (error) {
      stream = await afterFailure(operation, lastResponseId, error, patience);
    }
    signal?.throwIfAborted();
  }
}

/** How to go on after a failure; throws what cannot be mended. */
async function afterFailure(
  operation: Operation,
  lastResponseId: string | undefined,
  error: unknown,
  patience: Outage,
): Promise<AsyncIterable<ExecutePlanResponse>> {
  const { channel, signal } = operation;
  const failure = asGrpc(error);
  if (signal?.aborted || failure !== error) throw error;
  if (neverArrived(channel, failure)) {
    if (lastResponseId === undefined) return submit(operation);
    const lost = `${channel.where} has forgotten an operation that it had answered`;
    throw new ProtocolError(`${lost}: ${failure.rawMessage}`, { cause: error });
  }
  if (!isTransient(failure)) throw error;
  await patience.pause(error, signal);
  return reattach(operation, lastResponseId);
}

/** The server knows the session and not the operation, or neither because nothing of ours ever reached it. */
function neverArrived(channel: Channel, failure: ConnectError): boolean {
  if (!isFromServer(failure)) return false;
  if (failure.rawMessage.includes('INVALID_HANDLE.OPERATION_NOT_FOUND')) return true;
  return failure.rawMessage.includes('INVALID_HANDLE.SESSION_NOT_FOUND') && !channel.isKnown();
}

function submit({ channel, plan, id, tags, signal }: Operation): AsyncIterable<ExecutePlanResponse> {
  const requestOptions = [
    { requestOption: { case: 'reattachOptions' as const, value: { reattachable: true } } },
  ];
  const request = { ...channel.caller(), plan, operationId: id, tags, requestOptions };
  return channel.service.executePlan(request, signal === undefined ? {} : { signal });
}

function reattach(
  { channel, id, signal }: Operation,
  lastResponseId: string | undefined,
): AsyncIterable<ExecutePlanResponse> {
  const after = lastResponseId === undefined ? {} : { lastResponseId };
  const request = { ...channel.caller(), operationId: id, ...after };
  return channel.service.reattachExecute(request, signal === undefined ? {} : { signal });
}

const END_MS = 10_000;

/** Tells the server that nothing more will be read; what still runs is interrupted. Never throws. */
async function end({ channel, id }: Operation, release: Releaser, complete: boolean): Promise<void> {
  if (!complete) {
    const interrupt = { case: 'operationId' as const, value: id };
    const interruptType = InterruptRequest_InterruptType.OPERATION_ID;
    await channel.service
      .interrupt({ ...channel.caller(), interruptType, interrupt }, { timeoutMs: END_MS })
      .catch(asGrpc); // the server ends what nobody reads after five minutes
  }
  await release.all(END_MS);
}

function progressOf({ stages, numInflightTasks }: ExecutePlanResponse_ExecutionProgress): Progress {
  return {
    runningTasks: Number(numInflightTasks),
    stages: stages.map((stage) => ({
      stage: Number(stage.stageId),
      tasks: Number(stage.numTasks),
      completedTasks: Number(stage.numCompletedTasks),
      inputBytes: Number(stage.inputBytesRead),
      done: stage.done,
    })),
  };
}
