import type { AnswerOf, Scope } from 'throughline/api';
import { useCall } from './use-call.ts';

export type About = AnswerOf<'about'>;

/** The pipeline that the server shows; undefined until it has answered. */
export function useAbout() {
  return useCall('about', {});
}

/** Whether the caller may do what the scope covers. */
export function useScope(scope: Scope): boolean {
  return useAbout().data?.access.scopes.includes(scope) ?? false;
}
