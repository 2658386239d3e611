import { hold, holdNext, turnstile, type Hold, type Role } from '#test/support/holds.ts';
import type { PartName } from '#test/support/stack.ts';
import type { World } from '#test/support/world.ts';
import type { Request, UnderFire } from './claimant-under-fire.ts';

/** A step that is held: the process that runs it has an open transaction or question, and gets no further. */
export interface Held {
  /** Lets the step commit, and no later one begin to. */
  commit?: () => Promise<void>;
  release: () => Promise<void>;
}

/** A step of a standard reset: the request that leads to it, who runs it, and how it is held. `ask` sends the request. */
export interface Step {
  what: string;
  request: Request;
  part: PartName;
  /** Its lock is on a whole table, so all other resets are held at it too: one such step at a time, and last. */
  forAll: boolean;
  hold: (world: World, person: UnderFire, ask: () => void) => Promise<Held>;
}

const ROLES: Partial<Record<PartName, Role>> = { verifier: 'verifier', worker: 'worker', 'writer-staff': 'writer_staff' };

/** Held in the transaction that writes the leaf of this number: after its other effects, before its commit. */
const atLeaf =
  (leaf: number, part: PartName): Step['hold'] =>
  async (world, person, ask) => {
    const gate = await turnstile(world, await person.reset());
    ask();
    await gate.stopBefore(leaf, ROLES[part] ?? 'worker');
    return { commit: gate.letOneThrough, release: gate.release };
  };

/** Held at a lock that is taken before the request. */
const atLock =
  (role: Role, take: (world: World, person: UnderFire) => Promise<Hold>): Step['hold'] =>
  async (world, person, ask) => {
    const held = await take(world, person);
    ask();
    await held.waitedForBy(role);
    return { release: held.release };
  };

/** Goes as far as that leaf, takes another lock, and is held there next. */
const pastLeaf =
  (leaf: number, by: Role, next: Role, take: (world: World, person: UnderFire) => Promise<{ granted: Promise<Hold> }>): Step['hold'] =>
  async (world, person, ask) => {
    const gate = await turnstile(world, await person.reset());
    ask();
    await gate.stopBefore(leaf, by);
    const { granted } = await take(world, person);
    await gate.release();
    const held = await granted;
    await held.waitedForBy(next);
    return { release: held.release };
  };

const had = (lock: Hold): { granted: Promise<Hold> } => ({ granted: Promise.resolve(lock) });

const step = (what: string, request: Request, part: PartName, how: number | Step['hold'], forAll = false): Step => ({
  what,
  request,
  part,
  forAll,
  hold: typeof how === 'number' ? atLeaf(how, part) : how,
});

/** Not asked for as long as it is held. */
const unasked: Step['hold'] = async (_world, _person, ask) => ({ release: async () => ask() });

/** Every step of a standard reset in its order; the numbers are those of its leaves. */
export const STEPS = {
  begin: step('is asked to name the account', 'name', 'verifier', unasked),
  identify: step(
    'names the account',
    'name',
    'verifier',
    atLock('verifier', (world) => hold(world, 'LOCK TABLE attestation IN SHARE MODE')),
    true,
  ),
  prove: step('burns the recovery code and signs the proof', 'prove', 'verifier', 3),
  asksFactor: step('records that the proof passed', 'prove', 'worker', 4),
  checkFactor: step('burns the code of the authenticator and signs the factor', 'factor', 'verifier', 5),
  claimAccount: step(
    'claims the account',
    'factor',
    'worker',
    atLock('worker', async (world, person) =>
      hold(
        world,
        `INSERT INTO account_claim (account_guid, reset_id, expires_at) SELECT account_guid, id, now() FROM reset WHERE id = $1::uuid`,
        [await person.reset()],
      ),
    ),
  ),
  asksPassword: step('records that the factor passed', 'factor', 'worker', 7),
  commitIntent: step('commits the intent', 'choose', 'worker', 8),
  claimWrite: step('claims the write', 'choose', 'writer-staff', 10),
  betweenClaimAndWire: step(
    'holds its claim and has not sent the change',
    'choose',
    'writer-staff',
    pastLeaf(10, 'writer_staff', 'writer_staff', (world) => holdNext(world, 'LOCK TABLE write_claim IN ACCESS EXCLUSIVE MODE')),
    true,
  ),
  recordWrite: step('has the yes of the directory and records it', 'choose', 'writer-staff', 11),
  asksBind: step('records that the write was made', 'choose', 'worker', 12),
  openToBind: step(
    'opens the password to bind it',
    'choose',
    'writer-staff',
    pastLeaf(12, 'worker', 'writer_staff', async (world) => had(await hold(world, 'LOCK TABLE sealed IN ACCESS EXCLUSIVE MODE'))),
    true,
  ),
  recordBind: step('has bound the new password and records it', 'choose', 'writer-staff', 13),
  asksNotices: step('records that the new password was bound', 'choose', 'worker', 14),
  notify: step('tells the devices', 'choose', 'verifier', 15),
  recordDone: step('records that the reset is done', 'choose', 'worker', 17),
  releaseAccount: step(
    'lets the account go',
    'choose',
    'worker',
    pastLeaf(17, 'worker', 'worker', async (world, person) =>
      had(await hold(world, `SELECT 1 FROM account_claim WHERE reset_id = $1::uuid FOR UPDATE`, [await person.reset()])),
    ),
  ),
} as const satisfies Record<string, Step>;
