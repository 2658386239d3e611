/** One entry of an object's discretionary access control list. */
export interface AccessEntry {
  kind: 'allow' | 'deny';
  /** It also asks something of the caller that only the controller knows. */
  conditional: boolean;
  /** It came from an object above, and is looked at there. */
  inherited: boolean;
  /** It is there for objects below and says nothing about this one. */
  inheritOnly: boolean;
  /** It goes down to objects below. */
  below: boolean;
  /** The class of objects below that it is for, as lower-case GUID text; all of them when undefined. */
  belowClass: string | undefined;
  mask: number;
  /** The right, attribute or class that it is limited to, as lower-case GUID text. */
  objectType: string | undefined;
  sid: string;
}

/** Access rights of directory objects, MS-ADTS 5.1.3.2. */
const BITS = { self: 0x8, writeProperty: 0x20, control: 0x100, rewriteRights: 0x40000, takeOwnership: 0x80000 } as const;
/** What GENERIC_ALL and GENERIC_WRITE come to on a directory object, MS-ADTS 5.1.3.2. */
const GENERIC = [
  { mask: 0x10000000, means: 0x000f01ff },
  { mask: 0x40000000, means: 0x00020028 },
] as const;

/** Rights by which somebody comes to an account, or to more rights: by which bit, of which attribute, set or extended right (MS-ADSC, MS-ADTS 5.1.3.2.1), and what it lets one do. */
const DANGEROUS = {
  'reset-password': { bit: BITS.control, types: ['00299570-246d-11d0-a768-00aa006e0529'], words: 'set passwords' },
  replicate: {
    bit: BITS.control,
    types: ['1131f6aa-9c07-11d1-f79f-00c04fc2dcd2', '1131f6ad-9c07-11d1-f79f-00c04fc2dcd2', '89e95b76-444d-4c62-991a-0facbeda640c'],
    words: 'replicate, and so read the password hashes of everybody',
  },
  lockoutTime: { bit: BITS.writeProperty, types: ['28630ebf-41d5-11d1-a9c1-0000f80367c1'], words: 'end lockouts' },
  pwdLastSet: { bit: BITS.writeProperty, types: ['bf967a0a-0de6-11d0-a285-00aa003049e2'], words: 'make people choose a new password' },
  userAccountControl: {
    bit: BITS.writeProperty,
    types: ['bf967a68-0de6-11d0-a285-00aa003049e2'],
    words: 'enable accounts, and let them have no password',
  },
  'account-restrictions': {
    bit: BITS.writeProperty,
    types: ['4c164200-20c0-11d0-a768-00aa006e0529'],
    words: 'enable accounts, make people choose a new password, and let others act in their name',
  },
  member: {
    bit: BITS.writeProperty,
    types: ['bf9679c0-0de6-11d0-a285-00aa003049e2', 'bc0ac240-79a9-11d0-9020-00c04fc2d4cf'],
    words: 'change who is a member',
  },
  'add-itself': { bit: BITS.self, types: ['bf9679c0-0de6-11d0-a285-00aa003049e2'], words: 'make itself a member' },
  mapping: {
    bit: BITS.writeProperty,
    types: ['00fbf30c-91fe-11d1-aebc-0000f80367c1', '5b47d60f-6090-40b2-9f37-2a4de88f3063', 'e48d0154-bcf8-11d1-8702-00c04fb96050'],
    words: 'have a card or key of its own sign in as somebody else',
  },
  servicePrincipalName: {
    bit: BITS.writeProperty,
    types: ['f3a64788-5306-11d1-a9c5-0000f80367c1'],
    words: 'give accounts a service name, and so get at their passwords',
  },
  'act-for-others': {
    bit: BITS.writeProperty,
    types: ['3f78c3e5-f79a-46bd-a0b8-9d18116ddc79'],
    words: 'let others act in the name of everybody there',
  },
  'password-rules': {
    bit: BITS.writeProperty,
    types: ['c7407360-20bf-11d0-a768-00aa006e0529'],
    words: 'change the rules for passwords and lockouts',
  },
  gPLink: {
    bit: BITS.writeProperty,
    types: ['f30e3bbe-9ff0-11d1-b603-0000f80367c1'],
    words: 'link group policies, and so run programs on the computers there',
  },
  'every-attribute': { bit: BITS.writeProperty, types: [], words: 'write every attribute' },
  'every-extended-right': { bit: BITS.control, types: [], words: 'use every extended right, such as to set passwords' },
  'every-validated-write': { bit: BITS.self, types: [], words: 'make every validated write, such as to make itself a member' },
  'rewrite-rights': { bit: BITS.rewriteRights, types: undefined, words: 'change the rights, and so give itself everything' },
  'take-ownership': { bit: BITS.takeOwnership, types: undefined, words: 'take ownership, and so give itself everything' },
} as const satisfies Record<string, { bit: number; types: readonly string[] | undefined; words: string }>;

export type DangerousRight = keyof typeof DANGEROUS;

/** Somebody may do, or is forbidden, one thing, on the object itself or below it. */
export interface Right {
  kind: 'allow' | 'deny';
  sid: string;
  right: DangerousRight | 'owns' | 'inherits-again';
  /** `itself`, `below`, or `below:` and the class that it is for. */
  reach: string;
  conditional: boolean;
}

/** Whoever holds everything anyhow, so that an entry for them gives nothing: the system, Administrators, Domain Admins, Enterprise Admins. */
function hasEverything(sid: string): boolean {
  return sid === 'S-1-5-18' || sid === 'S-1-5-32-544' || /^S-1-5-21-.*-51[29]$/.test(sid);
}

/**
 * The dangerous rights that an object's own entries give and forbid, each once, however the list is ordered or cut into entries. `entries` undefined: no list at all, by which everybody may
 * do everything. What is inherited is looked at where it comes from; that an object inherits at all is told as a right, since one that stops refusing gets everything that is given above.
 */
export function dangerousRights(object: {
  entries: readonly AccessEntry[] | undefined;
  owner: string | undefined;
  inheritsNothing: boolean;
}): Right[] {
  const entries = object.entries ?? [{ ...NOBODYS_LIST }];
  const found = entries.filter(({ inherited, sid }) => !inherited && !hasEverything(sid)).flatMap(rightsOf);
  const { owner } = object;
  const owned: Right[] =
    owner === undefined || hasEverything(owner) ? [] : [{ kind: 'allow', sid: owner, right: 'owns', reach: 'itself', conditional: false }];
  const inherits: Right[] = object.inheritsNothing
    ? []
    : [{ kind: 'allow', sid: 'S-1-1-0', right: 'inherits-again', reach: 'itself', conditional: false }];
  return [...new Map([...found, ...owned, ...inherits].map((right) => [rightText(right), right])).values()];
}

const NOBODYS_LIST: AccessEntry = {
  kind: 'allow',
  conditional: false,
  inherited: false,
  inheritOnly: false,
  below: false,
  belowClass: undefined,
  mask: 0x10000000,
  objectType: undefined,
  sid: 'S-1-1-0',
};

function rightsOf({ kind, conditional, inheritOnly, below, belowClass, mask, objectType, sid }: AccessEntry): Right[] {
  const bits = GENERIC.reduce((all, { mask: generic, means }) => ((mask & generic) === 0 ? all : all | means), mask);
  const reaches = [...(inheritOnly ? [] : ['itself']), ...(below ? [belowClass === undefined ? 'below' : `below:${belowClass}`] : [])];
  return (Object.keys(DANGEROUS) as DangerousRight[])
    .filter((right) => speaksOf(right, bits, objectType))
    .flatMap((right) => reaches.map((reach) => ({ kind, sid, right, reach, conditional })));
}

function speaksOf(right: DangerousRight, bits: number, objectType: string | undefined): boolean {
  const { bit, types }: { bit: number; types: readonly string[] | undefined } = DANGEROUS[right];
  if ((bits & bit) === 0) return false;
  // The object type says nothing of the rights over the list and the owner.
  if (types === undefined) return true;
  return types.length === 0 ? objectType === undefined : objectType !== undefined && types.includes(objectType);
}

/** One right as a line that is the same whenever the right is. */
export function rightText({ kind, sid, right, reach, conditional }: Right): string {
  return [kind, sid, right, reach, ...(conditional ? ['conditional'] : [])].join(' ');
}

/** The right of a line that rightText made. */
export function rightOf(text: string): Right {
  const [kind, sid = '', right, reach = '', conditional] = text.split(' ');
  return { kind: kind as Right['kind'], sid, right: right as Right['right'], reach, conditional: conditional !== undefined };
}

/** What became more, for whom and by what; and what the accounts `ours` have less than they had. */
export type RightsCompared = { grew: Right[]; lost: Right[] };

/**
 * Compares what was seen of one object with what is there now, both as lines of rightText. A prohibition that is gone is a right that grew, and a new one for ours one that is lost. What a wider right
 * of the same trustee covers is neither.
 */
export function compareRights(seen: readonly string[], now: readonly string[], ours: ReadonlySet<string>): RightsCompared {
  const [before, after] = [new Set(seen), new Set(now)];
  const added = [...after].map(rightOf).filter((right) => !covers(before, right));
  const gone = [...before].map(rightOf).filter((right) => !covers(after, right));
  const of = (kind: Right['kind']) => (right: Right) => right.kind === kind;
  const lost = [...gone.filter(of('allow')), ...added.filter(of('deny'))];
  return { grew: [...added.filter(of('allow')), ...gone.filter(of('deny'))], lost: lost.filter(({ sid }) => ours.has(sid)) };
}

/** Whether this right is among these lines, or a wider one that holds it. */
function covers(lines: ReadonlySet<string>, right: Right): boolean {
  const wider = (Object.keys(WIDEST) as (keyof typeof WIDEST)[]).filter(
    (one) => Object.hasOwn(DANGEROUS, right.right) && DANGEROUS[right.right as DangerousRight].bit === WIDEST[one],
  );
  const reaches = [right.reach, ...(right.reach.startsWith('below:') ? ['below'] : [])];
  const conditions = right.conditional ? [true, false] : [false];
  return [right.right, ...wider].some((one) =>
    reaches.some((reach) => conditions.some((conditional) => lines.has(rightText({ ...right, right: one, reach, conditional })))),
  );
}

const WIDEST = {
  'every-attribute': BITS.writeProperty,
  'every-extended-right': BITS.control,
  'every-validated-write': BITS.self,
} as const;

/** What this right lets one do, as the end of "may …"; undefined for one that this release does not know. */
export function wordsOfRight(right: Right['right']): string | undefined {
  return Object.hasOwn(DANGEROUS, right) ? DANGEROUS[right as DangerousRight].words : undefined;
}
