/** Names of versions are plain: anything else is a path. */
export function isVersionName(name: string): boolean {
  return /^\w[\w.-]*$/.test(name);
}
