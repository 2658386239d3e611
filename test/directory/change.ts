import { Attribute, Change, ResultCodeError, type Client } from 'ldapts';
import { encodePassword } from '#activities/directory/encode-password.ts';
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

/** Makes an enabled account whose password never expires, as whoever is bound. */
export function makeAccount(client: Client, dn: string, sAMAccountName: string, password: string): Promise<void> {
  const attributes = { objectClass: 'user', sAMAccountName, userAccountControl: '66048' };
  return client.add(dn, [
    ...Object.entries(attributes).map(([type, value]) => new Attribute({ type, values: [value] })),
    new Attribute({ type: 'unicodePwd', values: [encodePassword(password)] }),
  ]);
}
