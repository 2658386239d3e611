import { createHash, generateKeyPairSync, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WriteAsked, WriterActivities } from '#activities/contract.ts';
import type { UnlockAsked } from '#activities/unlock-contract.ts';
import { openDirectory, type Directory } from '#activities/directory/connect.ts';
import { guidDn } from '#activities/directory/entry.ts';
import { readAccount } from '#activities/directory/find-account.ts';
import { createOpener } from '#activities/open-sealed.ts';
import { createWriterActivities } from '#activities/write/activities.ts';
import type { WriterDeps } from '#activities/write/deps.ts';
import type { HaltMemory } from '#activities/write/halts.ts';
import { createSealer } from '#api/seal.ts';
import type { Attestation } from '#domain/attestation.ts';
import type { Operation } from '#domain/operation.ts';
import type { Json } from '#evidence/jcs.ts';
import { signStatement } from '#evidence/attestation.ts';
import { root } from '#ops/paths.ts';
import { appendLeaf, type NewLeaf } from '#prisma/leaves.ts';
import { loadPolicy } from '#prisma/policies.ts';
import { uuidv7 } from '#prisma/uuid.ts';
import { useLog } from '../log/a-log.ts';
import { ownDirectory, type Bank } from '../directory/own-directory.ts';
import { useDatabase } from '../support/database.ts';
import { PARTY, signedBy, type Signing } from '../support/signed-record.ts';
import { passwordStamp } from '#activities/directory/password-stamp.ts';

type Unnamed<A> = A extends Attestation ? Omit<A, 'id'> : never;
type Body = Unnamed<Exclude<Attestation, { kind: 'lock' | 'break-glass' }>>;

/** An honest reset up to the write, or one that was changed on the way. Statements are signed by the verifier's key unless said otherwise. */
export interface Case {
  asked: WriteAsked;
  password: string;
}

export interface CaseOptions {
  /** sAMAccountNames of the approvers, stage by stage. */
  approvals?: string[];
  issuer?: string | null;
  /** What the claimant asked for and the approvers approved; a new password unless said otherwise. */
  operation?: Operation;
  /** The last word on what is signed: may drop, change or add statements. */
  statements?: (honest: Attestation[]) => Attestation[];
  signWith?: KeyObject;
  /** How the approvers sign what the statements say. */
  approvers?: Partial<Signing>;
  password?: string;
  /** Somebody else may know the old one. */
  endOldPassword?: boolean;
  seal?: Partial<{ recipient: 'writer-staff' | 'writer-privileged'; subject: string; run: string; account: string; seconds: number }>;
}

/** A writer's whole world: a controller, a database with the processes' grants, keys, a loaded policy (YAML; the demo bank's unless said otherwise). One for a test file. */
export async function writerBench(policyText?: string) {
  const bank = await ownDirectory();
  return { ...(await benchAt(bank, policyText)), bank };
}

/** The same at this bank. */
export async function benchAt(bank: Bank, policyText: string = readFileSync(join(root, 'ops/policy/demo-bank.yaml'), 'utf8')) {
  const database = await useDatabase();
  const log = await useLog(database);
  const notary = await log.open();
  const workerDb = database.as('worker');
  const owner = database.as('superuser');
  const verifierDb = database.as('verifier');
  const apiDb = database.as('api');
  const signing = generateKeyPairSync('ed25519');
  const api = p256();
  const staff = p256();
  const privileged = p256();
  const sealer = await createSealer({
    own: api.own,
    recipients: { verifier: p256().spki, 'writer-staff': staff.spki, 'writer-privileged': privileged.spki },
  });
  const { sha256: policy } = await owner.$transaction((tx) => loadPolicy(tx, policyText, { type: 'service', name: 'test' }));
  const dbOf = { staff: database.as('writer_staff'), privileged: database.as('writer_privileged') };
  const keysOf = { staff, privileged };

  async function depsOf(writerClass: 'staff' | 'privileged', more: Partial<WriterDeps> = {}): Promise<WriterDeps> {
    const directory = bank.as(writerClass === 'staff' ? 'writerStaff' : 'writerPrivileged');
    return {
      db: dbOf[writerClass],
      writerClass,
      directory,
      verifierKey: signing.publicKey,
      cards: () => undefined,
      metadata: () => undefined,
      pinnedPublishers: () => ({ policies: [policy], publishers: [] }),
      relyingParty: PARTY,
      settleSeconds: 3,
      trustPolicy: log.policy,
      intentSeconds: 900,
      halts: forgetful(),
      directoryOn: (url) => (bank.settings.controllers.some((one) => one.url === url) ? directory : undefined),
      opener: await createOpener({ recipient: `writer-${writerClass}`, own: keysOf[writerClass].own, sender: api.spki }),
      ...more,
    };
  }

  async function sign(body: Attestation, key: KeyObject = signing.privateKey, reset = body.reset): Promise<void> {
    const { text: canonical, signature } = signStatement(body as unknown as Json, key); // a statement is plain JSON
    await verifierDb.attestation.create({
      data: {
        id: randomUUID(),
        resetId: reset,
        kind: body.kind,
        body: canonical,
        sha256: sha256(canonical),
        signature: new Uint8Array(signature),
      },
    });
  }

  async function scene(name: string, options: CaseOptions = {}): Promise<Case> {
    const account = await bank.account(name);
    const reset = uuidv7();
    const run = randomUUID();
    const at = new Date().toISOString();
    const common = { v: 1 as const, reset, run, account: account.guid, at };
    const isProtected = account.protectedBy !== undefined;
    const bodies: Body[] = [
      {
        ...common,
        kind: 'identified',
        sid: account.sid,
        policy,
        rule: isProtected ? 'privileged' : 'standard',
        circumstances: { flags: [], via: 'portal', networks: [], at },
        protected: isProtected,
        manager: account.managerGuid ?? null,
        pwdLastSet: account.pwdLastSet,
      },
      {
        ...common,
        kind: 'proof',
        method: options.issuer ? 'issued-code' : 'recovery-code',
        credential: randomUUID(),
        issuer: options.issuer ? (await bank.account(options.issuer)).guid : null,
      },
      { ...common, kind: 'factor', method: 'totp', credential: randomUUID() },
    ];
    const operation = options.operation ?? 'new-password';
    if (operation === 'unlock') bodies.push({ ...common, kind: 'operation', operation });
    const approvers = await Promise.all((options.approvals ?? []).map((approver) => bank.account(approver)));
    if (approvers.length > 0)
      bodies.push({ ...common, kind: 'approvers', operation, stages: approvers.map(({ guid }) => ({ people: [guid], escalations: [] })) });
    for (const [stage, { guid }] of approvers.entries()) {
      bodies.push({
        ...common,
        // One after the other, as people decide; of two at one moment the ids would say which came first.
        at: new Date(Date.parse(at) + stage + 1).toISOString(),
        kind: 'decision',
        operation,
        person: guid,
        stage,
        decision: 'approve',
        reason: '00',
        method: 'passkey',
        credential: randomUUID(),
      });
    }
    const honest = bodies.map((body): Attestation => ({ ...body, id: randomUUID() }));
    const rule = { sha256: policy, rule: isProtected ? 'privileged' : 'standard' };
    for (const body of options.statements ? options.statements(honest) : honest)
      await sign(
        body.kind === 'decision' && body.method === 'passkey'
          ? signedBy(body, { verifier: signing.privateKey, policy: rule, ...options.approvers })
          : body,
        options.signWith,
      );
    const password = options.password ?? freshPassword();
    const ending = options.endOldPassword ? ({ endOldPassword: true } as const) : {};
    const { seconds, ...seal } = options.seal ?? {};
    const sealed = await sealer.seal(apiDb, {
      recipient: isProtected ? 'writer-privileged' : 'writer-staff',
      purpose: 'password',
      subject: reset,
      run,
      account: account.guid,
      ...seal,
      value: { password, ...ending },
      seconds: seconds ?? 300,
    });
    const asked = { reset, run, account: account.guid, ordinal: 1, sealed: sealed.id, digest: sealed.digest, ...ending };
    return { password, asked: await intend(asked) };
  }

  /** As `asked`, with an intent that says so, written by the worker's role and witnessed. `change` is the last word on the leaf. */
  async function intend<A extends Omit<UnlockAsked, 'intent'>>(
    asked: A,
    change: (leaf: NewLeaf) => NewLeaf = (leaf) => leaf,
  ): Promise<A & { intent: string }> {
    const { reset, run, ordinal } = asked;
    const { sealed, digest = '', endOldPassword: ends } = asked as Partial<WriteAsked>;
    const value = { sealed: sealed ?? '', digest, ...(ends && { endOldPassword: ends }) };
    const what = sealed === undefined ? { operation: 'unlock' } : { operation: 'new-password', ...value };
    const account = await readAccount(bank.as('administrator'), asked.account);
    const rows = await owner.attestation.findMany({ where: { resetId: reset }, select: { kind: true, body: true } });
    const leaf: NewLeaf = {
      type: 'intent',
      outcome: 'started',
      reset,
      run,
      actor: { type: 'service', name: 'worker' },
      account: { guid: asked.account, sid: account?.sid ?? 'S-1-0-0' },
      policy: { sha256: policy, rule: account?.protectedBy === undefined ? 'standard' : 'privileged' },
      do: { ordinal, ...what, statements: rows.map(({ kind, body }) => ({ kind, sha256: sha256(body) })) },
    };
    const intent = await workerDb.$transaction((tx) => appendLeaf(tx, change(leaf), 'worker'));
    await witness();
    return { ...asked, intent };
  }

  /** The same reset, asked to unlock only, with an intent that says so. */
  function unlocking({ reset, run, account, ordinal }: Omit<UnlockAsked, 'intent'>): Promise<UnlockAsked> {
    return intend({ reset, run, account, ordinal });
  }

  /** One turn after the other: scenes are set up side by side. */
  let turns: Promise<void> = Promise.resolve();
  const witness = (): Promise<void> => (turns = turns.then(() => log.settle(notary)));

  /** A directory of its own whose changes pass through `around`, so that answers can be lost on the way. */
  function directoryWith(writerClass: 'staff' | 'privileged', around: (modify: () => Promise<void>) => Promise<void>): Directory {
    const inner = bank.as(writerClass === 'staff' ? 'writerStaff' : 'writerPrivileged');
    return {
      ...inner,
      write: (work) => inner.write((session) => work({ ...session, modify: (...change) => around(() => session.modify(...change)) })),
    };
  }

  /** How often each password in the domain was ever set: the version of unicodePwd in replPropertyMetaData (MS-DRSR 4.1.10.2.19). */
  async function versions(): Promise<Map<string, number>> {
    const found = await bank.as('administrator').read((session) =>
      session.search(bank.settings.baseDn, {
        scope: 'sub',
        attributes: ['objectGUID', 'sAMAccountName', 'replPropertyMetaData'],
        paged: true,
      }),
    );
    return new Map(
      found.flatMap((entry) => {
        const name = entry.text('sAMAccountName');
        return name ? [[name, passwordStamp(entry)?.version ?? 0] as const] : [];
      }),
    );
  }

  return {
    bank,
    database,
    owner,
    policy,
    sealer,
    apiDb,
    signing,
    depsOf,
    sign,
    scene,
    intend,
    unlocking,
    log,
    directoryWith,
    versions,
    writer: async (writerClass: 'staff' | 'privileged', more: Partial<WriterDeps> = {}): Promise<WriterActivities> =>
      createWriterActivities(await depsOf(writerClass, more)),
    /** Names of the accounts whose password was changed since, each as often as it was. */
    changedSince: async (before: Map<string, number>): Promise<string[]> =>
      [...(await versions())].flatMap(([name, version]) => Array<string>(version - (before.get(name) ?? 0)).fill(name)),
    leaves: async (reset: string): Promise<string[]> =>
      (await owner.leaf.findMany({ where: { resetId: reset, type: { startsWith: 'write.' } }, orderBy: { seq: 'asc' } })).map(
        (leaf) => `${leaf.type} ${leaf.outcome}`,
      ),
    sealedRows: (reset: string): Promise<number> => owner.sealed.count({ where: { subject: reset } }),
    openDirectory,
    guidDn,
  };
}

/** Remembers as long as the writer lives. */
export function forgetful(): HaltMemory {
  let last: ReturnType<HaltMemory['last']>;
  return { last: () => last, keep: (act) => void (last = act) };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export function freshPassword(): string {
  return `Wren-${randomBytes(6).toString('hex')}-Quay7`;
}

function p256(): { own: string; spki: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    own: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    spki: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  };
}
