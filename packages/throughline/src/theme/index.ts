export async function refreshThemes(..._: unknown[]): Promise<string | undefined> {
  return undefined;
}
