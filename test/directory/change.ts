import { Attribute, Change, ResultCodeError } from 'ldapts';
import type { Directory } from '#activities/directory/connect.ts';

/** Replaces one attribute of an object, as whoever `dir` is. Throws what ldapts throws. */
export function replaceAttribute(dir: Directory, dn: string, type: string, ...values: (string | Buffer)[]): Promise<void> {
  return dir.write((session) => session.modify(dn, [change('replace', type, values)]));
}

/** Adds values to one attribute of an object. */
export function addValues(dir: Directory, dn: string, type: string, ...values: string[]): Promise<void> {
  return dir.write((session) => session.modify(dn, [change('add', type, values)]));
}

export function change(operation: 'replace' | 'add' | 'delete', type: string, values: (string | Buffer)[]): Change {
  return new Change({ operation, modification: new Attribute({ type, values: values as string[] | Buffer[] }) });
}

/** The result code of a refused operation, or 0 when it was carried out. Anything else than an answer is thrown on. */
export async function resultCode(work: Promise<unknown>): Promise<number> {
  try {
    await work;
    return 0;
  } catch (error) {
    if (error instanceof ResultCodeError) return error.code;
    throw error;
  }
}
