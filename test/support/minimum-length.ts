import { Attribute, Change } from 'ldapts';
import type { Directory } from '#activities/directory/connect.ts';
import { demoDomain } from '#ops/directory/names.ts';

/** From now on the domain takes no shorter password; what was told to people before was another number. */
export function minimumLength(directory: Directory, length: number): Promise<void> {
  const change = new Change({ operation: 'replace', modification: new Attribute({ type: 'minPwdLength', values: [String(length)] }) });
  return directory.write((session) => session.modify(demoDomain.baseDn, [change]));
}
