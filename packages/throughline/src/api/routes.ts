/** What each operation takes and gives: the server validates by it, OpenAPI and the types of the client are made of it. */
import { z } from 'zod';
import { aboutAnswer, type Scope } from './about.ts';
import { feedbackAnswer, feedbackRequest } from './feedback.ts';
import * as operations from './operations.ts';
import type { Operation } from './paths.ts';
import { passagesAnswer, passagesRequest, recordAnswer } from './records.ts';
import { searchAnswer, searchRequest, similarRequest } from './search.ts';
import * as themes from './themes.ts';

export interface Route {
  summary: string;
  tag: 'search' | 'themes' | 'operations';
  scope: Scope;
  /** Of a successful answer; 200 unless told. */
  status?: number;
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  answer: z.ZodType;
}

const byId = z.strictObject({ id: z.string().min(1).max(1_000) });

export const ROUTES = {
  about: {
    summary: 'The pipeline: columns, versions, and what the caller may do',
    tag: 'search',
    scope: 'read',
    answer: aboutAnswer,
  },
  search: {
    summary: 'What is relevant to a question in plain words',
    tag: 'search',
    scope: 'read',
    body: searchRequest,
    answer: searchAnswer,
  },
  similar: {
    summary: 'More like some records or passages',
    tag: 'search',
    scope: 'read',
    body: similarRequest,
    answer: searchAnswer,
  },
  record: {
    summary: 'A record with its text, passages and themes',
    tag: 'search',
    scope: 'read',
    params: byId,
    answer: recordAnswer,
  },
  passages: {
    summary: 'Texts of passages',
    tag: 'search',
    scope: 'read',
    body: passagesRequest,
    answer: passagesAnswer,
  },
  feedback: {
    summary: 'Says whether a record answers a query',
    tag: 'search',
    scope: 'feedback',
    status: 201,
    body: feedbackRequest,
    answer: feedbackAnswer,
  },
  themes: {
    summary: 'What the texts are about',
    tag: 'themes',
    scope: 'read',
    query: themes.themesQuery,
    answer: themes.themesAnswer,
  },
  theme: {
    summary: 'One theme: keywords, attributes, passages, neighbours',
    tag: 'themes',
    scope: 'read',
    params: byId,
    answer: themes.themeAnswer,
  },
  themePassages: {
    summary: 'The passages of a theme',
    tag: 'themes',
    scope: 'read',
    params: byId,
    query: themes.themePassagesQuery,
    answer: themes.themePassagesAnswer,
  },
  themesTrends: {
    summary: 'How themes change with time, and what is news',
    tag: 'themes',
    scope: 'read',
    query: themes.trendsQuery,
    answer: themes.trendsAnswer,
  },
  themesMap: {
    summary: 'Passages as points of a map, near ones being about the same',
    tag: 'themes',
    scope: 'read',
    query: themes.mapQuery,
    answer: themes.mapAnswer,
  },
  themeEdits: {
    summary: 'What people have made of the themes',
    tag: 'themes',
    scope: 'read',
    answer: themes.editsAnswer,
  },
  editThemes: {
    summary: 'Renames, merges, splits, pins or hides a theme, or takes an edit back',
    tag: 'themes',
    scope: 'admin',
    body: themes.editRequest,
    answer: themes.editAnswer,
  },
  runs: {
    summary: 'Runs, the newest first',
    tag: 'operations',
    scope: 'read',
    query: operations.runsQuery,
    answer: operations.runsAnswer,
  },
  run: {
    summary: 'One run with all that was recorded',
    tag: 'operations',
    scope: 'read',
    params: byId,
    answer: operations.runAnswer,
  },
  chunks: {
    summary: 'What is promoted, and chunks by state',
    tag: 'operations',
    scope: 'read',
    answer: operations.chunksAnswer,
  },
  quality: {
    summary: 'What was measured of runs and index versions',
    tag: 'operations',
    scope: 'read',
    query: operations.qualityQuery,
    answer: operations.qualityAnswer,
  },
  deadLetters: {
    summary: 'Rows that could not be processed, with their reason',
    tag: 'operations',
    scope: 'read',
    query: operations.deadLettersQuery,
    answer: operations.deadLettersAnswer,
  },
  retryDeadLetters: {
    summary: 'Processes the chunks of dead letters again, in a process of its own',
    tag: 'operations',
    scope: 'admin',
    status: 202,
    body: operations.retryRequest,
    answer: operations.retryAnswer,
  },
  retry: {
    summary: 'What became of the latest retry',
    tag: 'operations',
    scope: 'read',
    answer: operations.retryAnswer,
  },
  index: {
    summary: 'Versions of the index, with what their verification found',
    tag: 'operations',
    scope: 'read',
    answer: operations.indexAnswer,
  },
  promoteIndex: {
    summary: 'Makes an index version the one that serves',
    tag: 'operations',
    scope: 'admin',
    body: operations.promoteIndexRequest,
    answer: operations.promotedAnswer,
  },
  rollBackIndex: {
    summary: 'Goes back to the index version that served before',
    tag: 'operations',
    scope: 'admin',
    body: z.strictObject({}).optional(),
    answer: operations.promotedAnswer,
  },
  audit: {
    summary: 'What holders of the scope admin have done',
    tag: 'operations',
    scope: 'admin',
    query: operations.auditQuery,
    answer: operations.auditAnswer,
  },
} as const satisfies Record<Operation, Route>;

type Routes = typeof ROUTES;
type Input<T> = T extends z.ZodType ? z.input<T> : undefined;
type Part<O extends Operation, Name extends string, How extends 'input' | 'output'> =
  Routes[O] extends Record<Name, infer Schema extends z.ZodType>
    ? How extends 'input'
      ? z.input<Schema>
      : z.output<Schema>
    : undefined;

type Given<O extends Operation> = {
  [Name in Extract<keyof Routes[O], 'params' | 'query' | 'body'>]: Input<Routes[O][Name]>;
};
/** Parts of which everything may be left out. */
type Optional<T> = {
  [Name in keyof T]: object extends T[Name] ? Name : undefined extends T[Name] ? Name : never;
}[keyof T];

/** What a caller gives: only the parts that the operation has. */
export type RequestOf<O extends Operation> = Omit<Given<O>, Optional<Given<O>>> &
  Partial<Pick<Given<O>, Optional<Given<O>>>>;

/** What a handler is given, checked. */
export interface CheckedRequest<O extends Operation> {
  params: Part<O, 'params', 'output'>;
  query: Part<O, 'query', 'output'>;
  body: Part<O, 'body', 'output'>;
}

export type AnswerOf<O extends Operation> = z.output<Routes[O]['answer']>;
