import type { Counted } from '#domain/wrong-tries.ts';
import type { CertificateTrust } from '#evidence/certificate-path.ts';
import type { Metadata } from '#evidence/fido-metadata.ts';
import { appShows } from '#test/support/app-shows.ts';
import { isEligible, type ResolvedSource } from '#domain/approval.ts';
import type { ApproverSource } from '#domain/approval-stage.ts';
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScureBase32Plugin } from 'otplib';
import { createSealer, type Sealer } from '#api/seal.ts';
import { codeFromBytes, RECOVERY_CODE_SYMBOLS, REFERENCE_SYMBOLS } from '#domain/codes.ts';
import { accountsOfPeople, type AccountLinks } from '#domain/same-people.ts';
import type { SealedContext } from '#domain/sealed.ts';
import type { Database } from '#db';
import { root } from '#ops/paths.ts';
import { loadPolicy } from '#prisma/policies.ts';
import { createOpener } from '#activities/open-sealed.ts';
import { withUnit } from '#activities/directory/approver-sources.ts';
import type { ComputerAccount } from '#activities/directory/computer-account.ts';
import type { Survey } from '#activities/directory/survey.ts';
import type { VerifierDeps } from '#activities/verify/deps.ts';
import { verifierKeys } from '#activities/verify/keys.ts';
import type { People, Person } from '#activities/verify/people.ts';
import { createVerifierActivities } from '#activities/verify/verifier-activities.ts';
import { useDatabase, type TestDatabase } from '../support/database.ts';
import { asTemporal } from './as-temporal.ts';

/** Groups of the policy and of the console's roles; a SID is `S-` and the name. */
const groupNames = ['CS-Security-Officers', 'CS-Help-Desk', 'CS-Approvers', 'CS-Auditors', 'CS-Administrators'];

/** A person of the test's directory; only what a test is about is named. */
export function person(account: string, facts: Partial<Person & Pick<AccountLinks, 'owners'>> = {}): Person {
  return {
    guid: randomUUID(),
    sid: `S-1-5-21-1-2-3-${account.length}${randomBytes(2).readUInt16BE()}`,
    dn: `CN=${account},OU=Staff,DC=bank,DC=test`,
    enabled: true,
    locked: false,
    expired: false,
    smartcardRequired: false,
    protectedBy: undefined,
    employeeId: randomUUID(),
    managerGuid: undefined,
    pwdLastSet: '133700000000000000',
    groups: [],
    samAccountName: account,
    displayName: account,
    givenName: undefined,
    surname: undefined,
    upn: undefined,
    mail: undefined,
    mustChange: false,
    passwordExpired: false,
    created: undefined,
    signIn: {},
    ...facts,
  };
}

/** The directory of a test as a survey of a whole one. */
function surveyOfThese(all: Person[]): Survey {
  const accounts = all.map((one) => ({ ...one, managerDn: undefined }));
  const withGuid = (guid: string) => accounts.find((one) => one.guid === guid);
  return {
    base: 'DC=bank,DC=test',
    accounts,
    account: withGuid,
    cardsMapped: new Set(),
    members: (sid) => accounts.filter((one) => one.enabled && one.groups.includes(sid)),
    read: async (guid) => withGuid(guid),
    groupSid: async (name) => (groupNames.includes(name) ? `S-${name}` : undefined),
    ownerOfGroup: async () => [],
    ownerOfUnit: async () => [],
    peopleBy: () => new Map(),
  };
}

/** The verifier's own code over a real database, with its own role's rights, real sealing and a directory of objects. */
export const useVerifier = async (): Promise<World> => verifierOver(await useDatabase());

export async function verifierOver(database: TestDatabase): Promise<World> {
  const root_ = database.as('superuser');
  await root_.$transaction((tx) =>
    loadPolicy(tx, readFileSync(join(root, 'ops/policy/demo-bank.yaml'), 'utf8'), { type: 'service', name: 'test' }),
  );
  const [api, opening] = [generateKeyPairSync('ec', { namedCurve: 'P-256' }), generateKeyPairSync('ec', { namedCurve: 'P-256' })];
  const pem = { format: 'pem' } as const;
  const own = (key: typeof api.privateKey) => key.export({ type: 'pkcs8', ...pem }).toString();
  const open = (key: typeof api.publicKey) => key.export({ type: 'spki', ...pem }).toString();
  const sealer = await createSealer({
    own: own(api.privateKey),
    recipients: {
      verifier: open(opening.publicKey),
      'writer-staff': open(opening.publicKey),
      'writer-privileged': open(opening.publicKey),
    },
  });

  const [directory, passwords, computers] = [new Map<string, Person>(), new Map<string, string>(), [] as ComputerAccount[]];
  const binds: string[] = [];
  const [counted, mappings] = [new Map<string, Counted | undefined>(), new Map<string, string[]>()];
  const cards: World['cards'] = { trust: undefined };
  const models: World['models'] = { metadata: undefined };
  const resolve = (claimant: Person, sources: readonly ApproverSource[]) =>
    sources.flatMap((source): ResolvedSource[] => {
      if ('group' in source) return groupNames.includes(source.group) ? [{ groupSid: `S-${source.group}` }] : [];
      return claimant.managerGuid === undefined ? [] : [{ person: claimant.managerGuid }];
    });
  const people: People = {
    find: async (name) => [...directory.values()].find((p) => p.samAccountName === name.trim().toLowerCase()),
    search: async (text) =>
      [...directory.values()]
        .filter((p) => p.samAccountName.startsWith(text))
        .map((p) => ({ accountName: p.samAccountName, name: p.displayName })),
    survey: async () => surveyOfThese([...directory.values()]),
    read: async (guid) => directory.get(guid),
    passwordPolicy: async () => ({ source: 'domain', minLength: 7, complexity: true, historyLength: 24 }),
    groupSid: async (name) => (groupNames.includes(name) ? `S-${name}` : undefined),
    unit: async (dn) => (['OU=Staff,DC=bank,DC=test', 'OU=Tellers,DC=bank,DC=test'].includes(dn) ? dn : undefined),
    sources: async (claimant, sources) => resolve(claimant, sources),
    vouchers: (claimant, sources) => withUnit(claimant.dn, sources, async (others) => resolve(claimant, others)),
    behind: async (claimant, sources) =>
      [...directory.values()].filter((one) => one.guid !== claimant.guid && one.enabled && isEligible(one, resolve(claimant, sources))),
    theirAccounts: async (identities, asked) => {
      const everybody = [...directory.values()].map((one) => ({ owners: [], ...one }));
      const accounts = accountsOfPeople(everybody, identities);
      return asked.map((one) => ({ ...one, accounts: accounts.get(one.guid) ?? [] }));
    },
    mapped: async ({ sid, identities }) =>
      [...directory.values()]
        .map(({ guid, sid }) => ({ guid, sid, identities: mappings.get(guid) ?? [] }))
        .filter((one) => one.sid === sid || one.identities.some((form) => Object.values(identities).includes(form))),
    knows: async (guid, password) => ((await people.signsIn(directory.get(guid ?? ''), password)) ? 'known' : 'wrong'),
    signsIn: async (who, password) => {
      binds.push(who?.samAccountName ?? 'nobody');
      return who !== undefined && passwords.get(who.guid) === password;
    },
  };
  const pinned: World['pinned'] = { policies: [], publishers: [] };
  const deps: VerifierDeps = {
    db: database.as('verifier'),
    people,
    opener: await createOpener({ recipient: 'verifier', own: own(opening.privateKey), sender: open(api.publicKey) }),
    keys: verifierKeys({
      signing: own(generateKeyPairSync('ed25519').privateKey),
      notice: own(generateKeyPairSync('ed25519').privateKey),
      factor: randomBytes(32),
      pepper: randomBytes(32),
      names: randomBytes(32),
    }),
    tellsByMail: false,
    cards: () => cards.trust,
    metadata: () => models.metadata,
    pinnedPublishers: () => pinned,
    arrivals: { look: () => Promise.resolve({}), lookNear: () => Promise.resolve({ seen: {}, here: undefined }) },
    sites: { of: () => Promise.resolve(undefined) },
    peopleNear: () => people,
    computers: { read: () => Promise.resolve(computers) },
    tries: { look: () => Promise.resolve(Object.fromEntries(counted)), services: () => Promise.resolve([]) },
    roleGroups: {
      approver: ['CS-Approvers', 'CS-Security-Officers'],
      'security-officer': ['CS-Security-Officers'],
      'help-desk': ['CS-Help-Desk'],
      auditor: ['CS-Auditors'],
      administrator: ['CS-Administrators'],
      operator: [],
    },
    relyingParty: { id: 'console.test', origins: ['https://console.test'] },
  };
  return {
    pinned,
    cards,
    models,
    mappings,
    superuser: root_,
    api: database.as('api'),
    worker: database.as('worker'),
    sealer,
    deps,
    verifier: createVerifierActivities(deps),
    directory,
    passwords,
    binds,
    counted,
    computers,
  };
}

export interface World {
  /** Whose smart cards count. */
  cards: { trust: CertificateTrust | undefined };
  /** The verifier's list of models of keys. */
  models: { metadata: Metadata | undefined };
  /** altSecurityIdentities by account. */
  mappings: Map<string, string[]>;
  /** The verifier's copy of who may publish policies. */
  pinned: { policies: string[]; publishers: { account: string; spki: string }[] };
  superuser: Database;
  api: Database;
  worker: Database;
  sealer: Sealer;
  deps: VerifierDeps;
  verifier: ReturnType<typeof createVerifierActivities>;
  directory: Map<string, Person>;
  passwords: Map<string, string>;
  /** Who was tried by a bind, in order. */
  binds: string[];
  /** What controllers count of wrong passwords, by URL; undefined of a silent one. */
  counted: Map<string, Counted | undefined>;
  /** What controllers show of whichever computer is asked for. */
  computers: ComputerAccount[];
}

/** Seals as the API does; answers the row's id. */
export async function seal(
  { sealer, api }: World,
  purpose: SealedContext['purpose'],
  subject: string,
  value: object,
  seconds?: number,
): Promise<string> {
  return (await sealer.seal(api, { recipient: 'verifier', purpose, subject, value, ...(seconds ? { seconds } : {}) })).id;
}

export interface Enrolled extends Person {
  totp: Uint8Array;
  recoveryCodes: string[];
}

const base32 = (bytes: Uint8Array): string => new ScureBase32Plugin().encode(bytes);

/** Puts somebody into the directory and enrols them, both by the product's own way. */
export async function enrolled(world: World, who: Person, codes = 3): Promise<Enrolled> {
  world.directory.set(who.guid, who);
  const totp = new Uint8Array(randomBytes(20));
  const recoveryCodes = Array.from({ length: codes }, () => codeFromBytes(randomBytes(RECOVERY_CODE_SYMBOLS)));
  const request = randomUUID();
  const value = { account: who.samAccountName, totp: { secret: base32(totp), algorithm: 'sha1', digits: 6, period: 30 }, recoveryCodes };
  const answer = await world.verifier.storeEnrolment({
    request,
    operator: '0',
    sealed: await seal(world, 'enrolment', request, value),
  });
  if (answer.outcome !== 'enrolled') throw new Error('not enrolled');
  return { ...who, totp, recoveryCodes };
}

/** The code that the person's app shows now, or so many steps from now. */
export function codeNow(who: Pick<Enrolled, 'totp'>, steps = 0): string {
  return appShows({ secret: who.totp }, steps);
}

export interface OpenReset {
  reset: string;
  run: string;
  account: string | null;
}

/** A reset that was begun for a name, up to its identification. */
export async function identified(world: World, typed: string): Promise<OpenReset> {
  const [reset, run] = [randomUUID(), randomUUID()];
  await world.api.reset.create({
    data: {
      id: reset,
      reference: codeFromBytes(randomBytes(REFERENCE_SYMBOLS)),
      browserHash: new Uint8Array(32),
      next: {},
      source: '127.0.0.1',
    },
  });
  const { account } = await world.verifier.identify({
    reset,
    run,
    updateId: 'begin',
    sealed: await seal(world, 'account-name', reset, { account: typed }),
  });
  return { reset, run, account };
}

export async function prove(
  world: World,
  { reset, run, account }: OpenReset,
  value: string,
  updateId: string = randomUUID(),
  method = 'recovery-code',
): Promise<string> {
  const sealed = await seal(world, 'proof', reset, { method, value });
  return (await asTemporal(() => world.verifier.checkProof({ reset, run, account, updateId, sealed }))).outcome;
}

export async function factor(
  world: World,
  { reset, run, account }: OpenReset,
  value: string,
  updateId: string = randomUUID(),
): Promise<string> {
  const sealed = await seal(world, 'factor', reset, { method: 'totp', value });
  return (await asTemporal(() => world.verifier.checkFactor({ reset, run, account, updateId, purpose: 'reset', sealed }))).outcome;
}
