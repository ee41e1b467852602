import type { AnswerOf, CheckedRequest, Operation } from '../api/index.ts';
import type { Access } from './access.ts';

/** Who asks, and by which request. */
export interface Caller {
  access: Access;
  requestId: string;
  /** Told of a fault of the server, where the answer does not say what it was. */
  onFault?: (error: Error) => void;
  /** Told the milliseconds of each part of a search. */
  onParts?: (parts: Readonly<Record<string, number>>) => void;
}

export type Handler<O extends Operation> = (
  request: CheckedRequest<O>,
  caller: Caller,
) => Promise<AnswerOf<O>>;

/** Every operation as a function: routes and tools of MCP are made of them. */
export type Handlers = { [O in Operation]: Handler<O> };
