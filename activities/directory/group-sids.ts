/** The SIDs of groups by their sAMAccountNames; a group that does not exist is missing. `sidOf` asks the directory, or a survey of it. */
export async function groupSids(
  names: readonly string[],
  sidOf: (samAccountName: string) => Promise<string | undefined>,
): Promise<Map<string, string>> {
  const sids = new Map<string, string>();
  for (const name of names) {
    const sid = await sidOf(name);
    if (sid !== undefined) sids.set(name, sid);
  }
  return sids;
}
