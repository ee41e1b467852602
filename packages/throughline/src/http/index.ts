export { type HttpClient, openHttpClient } from './client.ts';
export { BudgetError, HttpError, InvalidResponseError } from './errors.ts';
export type {
  Budget,
  Checked,
  HttpEvent,
  HttpPolicy,
  HttpRequest,
  HttpResponse,
  HttpStats,
} from './types.ts';
