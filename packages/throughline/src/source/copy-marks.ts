/**
 * What is remembered, as positions beside that of a source's stream, of runs that read the source as a whole. Such a run writes chunks as they were
 * when it began, over changes that may have been published meanwhile: whoever follows the stream gives those once more.
 */

/** Where the stream stood when the last run began that has published chunks. */
export const copied = (stream: string) => `${stream}/copied`;
/** The same, of the last run that has published all that there was. */
export const whole = (stream: string) => `${stream}/whole`;
/** The last `copied` since which all changes were given once more. */
export const reread = (stream: string) => `${stream}/reread`;

/** Whether the name is one of these, and of no stream. */
export function isMark(name: string): boolean {
  return /\/(copied|whole|reread)$/.test(name);
}
