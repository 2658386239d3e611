import { acknowledge, acknowledgement } from './acknowledge.ts';
import { momentOf, type Agent } from './agent.ts';
import { controllersOf, reachedOf } from './controllers.ts';
import { dropAccess } from './drop-access.ts';
import type { ResetNotice } from './judge-notice.ts';
import { accountIn, type Task } from './memory.ts';
import { passwordLastSet } from './password-last-set.ts';
import { DOUBT_MS, millisecondsOf } from './stale.ts';
import { UnknownLayout, type CachedAccount } from './sssd/cache.ts';
import { sssdDomains } from './sssd/config.ts';
import { goOnline } from './sssd/daemon.ts';
import { inCache } from './sssd/in-cache.ts';
import { endSessions } from './sssd/sessions.ts';
import { dropTickets } from './sssd/tickets.ts';

/** What a stale cached password is replaced by, or why it is not although the notice said so. */
export type Replacement = { hash: string } | { why: string };

/** Takes a notice on: from here on it is carried out whatever happens to this process, and no older one is honoured for the account. */
export function takeOn(agent: Agent, notice: ResetNotice): void {
  const { sid } = notice.account;
  const task: Task = {
    notice: notice.notice,
    sid,
    writtenAt: notice.writtenAt,
    verb: notice.verb === 'sealed-hash' ? notice.sealedHash.otherwise : notice.verb,
    endSessions: notice.endSessions,
    laggedAt: 0,
    expiresAt: notice.expiresAt,
    stage: 'received',
  };
  acknowledge(agent, notice.notice, { stage: 'received' }, (draft) => {
    draft.tasks[notice.notice] = task;
    draft.accounts[sid] = { ...accountIn(draft, sid), writtenAt: notice.writtenAt };
  });
}

/** Says again what was said of a notice last. */
export function sayAgain(agent: Agent, notice: string): void {
  const answer = agent.memory.now.answers[notice];
  if (!answer || agent.memory.now.outbox.some((one) => one.notice === notice)) return;
  const { statement, signature } = answer;
  agent.memory.change((draft) => void draft.outbox.push({ notice, statement, signature }));
  agent.post();
}

/** Says that what came as this notice was not honoured, and why. Nothing is remembered of it: a true notice with the same id is taken on. */
export function refuse(agent: Agent, notice: string, reason: string): void {
  const signed = acknowledgement(agent, notice, { stage: 'cannot', reason });
  agent.memory.change((draft) => void draft.outbox.push({ notice, ...signed }));
  agent.post();
}

/**
 * Brings a task as far as it goes now. It may be called at any time, and after a crash at any line: each step is on disk before the next one
 * begins, and does nothing that was done. `replacement`: what came with the notice, the first time.
 */
export async function carryOut(agent: Agent, id: string, replacement?: Replacement): Promise<void> {
  const task = agent.memory.now.tasks[id];
  if (!task) return;
  // Nobody takes an answer any more. What is not done by now is left to the stale check.
  if (Date.parse(task.expiresAt) <= Date.now() + agent.portal.clockAhead()) return forget(agent, id);
  try {
    const account = await inCache(task.sid);
    if (task.stage === 'invalidated') await watch(agent, task, account);
    else await invalidate(agent, task, account, replacement);
  } catch (error) {
    if (!(error instanceof UnknownLayout)) throw error;
    agent.log('cannot', { notice: id, reason: error.reason });
    end(agent, task, { stage: 'cannot', reason: error.reason });
  }
}

async function invalidate(agent: Agent, task: Task, account: CachedAccount | undefined, replacement?: Replacement): Promise<void> {
  // Asked beside the work: a controller that is not there takes its time to say nothing.
  const reach = isControllerReached(agent, account);
  if (!account) return end(agent, task, { stage: 'nothing-cached', controllerReachable: await reach });
  // Never where nothing is cached: a hash from elsewhere lets nobody in who could not log in here before.
  const hash = replacement && 'hash' in replacement && account.hasPassword ? replacement.hash : undefined;
  if (task.verb === 'deferred' && hash === undefined && task.stage !== 'dropping' && !(await reach)) return defer(agent, task);
  const isNewer = account.hasPassword && account.cachedAt * 1000 + agent.portal.clockAhead() >= Date.parse(task.writtenAt) + DOUBT_MS;
  const { droppedAt } = accountIn(agent.memory.now, task.sid);
  const wasDropped = task.stage === 'dropping' || (account.cachedAt > 0 && droppedAt >= account.cachedAt);
  const isDropped =
    isNewer ||
    (await dropAccess(
      agent,
      account,
      (draft) => {
        // On disk before the password is gone: a crash after that must not take its absence for "nothing was cached".
        if (account.hasPassword) draft.tasks[task.notice] = { ...task, stage: 'dropping' };
      },
      hash,
    ));
  // SSSD stored another one while we looked: look again.
  if (!isDropped) return carryOut(agent, task.notice, replacement);
  // Behind the password: whoever sits here with the old one does not get in again with it.
  const why = replacement && 'why' in replacement ? replacement.why : null;
  const reason = task.endSessions && !(await endAllOf(account)) ? 'sessions-not-ended' : why;
  const controllerReachable = await reach;
  if (!account.hasPassword && !wasDropped) return end(agent, task, { stage: 'nothing-cached', controllerReachable, reason });
  // A crash before this line begins the step again, and finds that the password is gone by our own hand.
  const stage = hash !== undefined && !isNewer ? 'replaced' : 'invalidated';
  acknowledge(agent, task.notice, { stage, controllerReachable, reason }, (draft) => {
    draft.tasks[task.notice] = { ...task, stage: 'invalidated' };
    draft.accounts[task.sid] = { ...accountIn(draft, task.sid), clearedFor: task.writtenAt };
  });
  agent.log(stage, { notice: task.notice });
  goOnline();
  if (isNewer) await watch(agent, task, account);
}

/** Where somebody else may know the old password: also what was begun with a password that is newer by our clock, for nobody can say by whom. */
async function endAllOf(account: CachedAccount): Promise<boolean> {
  const isEnded = await endSessions(account);
  return (await dropTickets(account)) && isEnded;
}

function defer(agent: Agent, task: Task): void {
  if (task.stage === 'deferred') return;
  acknowledge(agent, task.notice, { stage: 'deferred', controllerReachable: false }, (draft) => {
    draft.tasks[task.notice] = { ...task, stage: 'deferred' };
  });
  agent.log('deferred', { notice: task.notice });
}

/**
 * Whether the person has logged in online since: SSSD stored a password again, and itself recorded when a controller confirmed it. A controller
 * that has not heard of the reset confirms the old one: so it is asked whether it has, and a login from before it had is taken for one with that.
 */
async function watch(agent: Agent, task: Task, account: CachedAccount | undefined): Promise<void> {
  if (!account?.hasPassword) return;
  const writtenAt = Date.parse(task.writtenAt);
  if (account.lastOnlineAuth * 1000 + 999 + agent.portal.clockAhead() < writtenAt) return;
  const now = Math.floor(Date.now() / 1000);
  const pwdLastSet = await passwordLastSet(agent.settings, account);
  // Nobody can be asked now: it is said later.
  if (pwdLastSet === undefined) return;
  // 0: the password has to be changed, and when it was set is not known.
  if (pwdLastSet !== '0' && millisecondsOf(pwdLastSet) + DOUBT_MS < writtenAt) {
    if (account.lastOnlineAuth <= task.laggedAt) return;
    agent.log('controller-lags', { notice: task.notice });
    agent.memory.change((draft) => {
      draft.tasks[task.notice] = { ...task, stage: 'invalidated', laggedAt: now };
    });
    return;
  }
  if (account.lastOnlineAuth <= task.laggedAt) {
    if (await dropAccess(agent, account, () => {})) agent.log('invalidated', { notice: task.notice, again: true });
    return;
  }
  agent.log('refreshed', { notice: task.notice });
  end(agent, task, { stage: 'refreshed', lastOnlineAuth: momentOf(account.lastOnlineAuth), controllerReachable: true });
}

function end(agent: Agent, task: Task, said: Parameters<typeof acknowledge>[2]): void {
  acknowledge(agent, task.notice, said, (draft) => {
    delete draft.tasks[task.notice];
  });
}

function forget({ memory }: Agent, notice: string): void {
  memory.change((draft) => {
    delete draft.tasks[notice];
  });
}

async function isControllerReached({ settings }: Agent, account: CachedAccount | undefined): Promise<boolean> {
  const domains = sssdDomains();
  const domain = domains.find(({ name }) => name === account?.domain) ?? domains[0];
  return domain !== undefined && (await reachedOf(await controllersOf(settings, domain))) !== undefined;
}
