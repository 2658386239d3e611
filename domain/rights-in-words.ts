import { type Right, wordsOfRight } from './directory-rights.ts';

/** schemaIDGUIDs, MS-ADSC. */
const CLASSES: Readonly<Record<string, string>> = {
  'bf967aba-0de6-11d0-a285-00aa003049e2': 'accounts',
  'bf967a9c-0de6-11d0-a285-00aa003049e2': 'groups',
  'bf967a86-0de6-11d0-a285-00aa003049e2': 'computers',
  'bf967aa5-0de6-11d0-a285-00aa003049e2': 'units',
};

/** What became more for one trustee on one object, as a sentence: "Help Desk may now set passwords: accounts below OU=Staff,DC=example,DC=bank". */
export function grewInWords(trustee: string, rights: readonly Right[], object: string): string {
  const sentences = [
    ...(rights.some(({ right }) => right === 'inherits-again')
      ? [`${object} inherits rights again, and so everything that is given above it`]
      : []),
    ...(rights.some(({ right }) => right === 'owns') ? [`${trustee} now owns ${object}, and so may give itself everything`] : []),
    ...byReach(rights, 'allow').map(([where, list]) => `${trustee} may now ${list}: ${where} ${object}`),
    ...byReach(rights, 'deny').map(([where, list]) => `${trustee} is no longer forbidden to ${list}: ${where} ${object}`),
  ];
  return `${sentences.join('. ')}.`;
}

/** The same for what was taken from one of Countersign's own accounts. */
export function lostInWords(trustee: string, rights: readonly Right[], object: string): string {
  const sentences = [
    ...byReach(rights, 'allow').map(([where, list]) => `${trustee} may no longer ${list}: ${where} ${object}`),
    ...byReach(rights, 'deny').map(([where, list]) => `${trustee} is now forbidden to ${list}: ${where} ${object}`),
  ];
  return `${sentences.join('. ')}.`;
}

function byReach(rights: readonly Right[], kind: Right['kind']): [where: string, list: string][] {
  const places = new Map<string, string[]>();
  for (const one of rights) {
    const words = one.kind === kind ? wordsOfRight(one.right) : undefined;
    if (words === undefined) continue;
    const said = one.conditional ? `${words} (on a condition)` : words;
    places.set(whereOf(one.reach), [...(places.get(whereOf(one.reach)) ?? []), said]);
  }
  return [...places].map(([where, list]) => [where, list.join('; ')]);
}

function whereOf(reach: string): string {
  if (reach === 'itself') return 'on';
  const [, of] = reach.split(':');
  return of === undefined ? 'everything below' : `${CLASSES[of] ?? `objects of class ${of}`} below`;
}
