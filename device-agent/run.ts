import type { Agent } from './agent.ts';
import { beAlone } from './alone.ts';
import { backOff } from './back-off.ts';
import { carryOut } from './carry-out.ts';
import type { StreamEvent } from './event-stream.ts';
import { hear } from './hear.ts';
import type { Identity } from './identity.ts';
import { latch } from './latch.ts';
import { listen } from './listen.ts';
import type { Log } from './log.ts';
import { openMemory } from './memory.ts';
import { watchNetwork } from './network.ts';
import { sendOutbox } from './outbox.ts';
import { portalOf } from './portal.ts';
import { report } from './report.ts';
import type { Settings } from './settings.ts';
import { checkStale } from './stale-check.ts';
import { tellPerson } from './tell-person.ts';
import { whyNot } from './why-not.ts';
import { cacheStamp } from './sssd/cache.ts';
import { sssdDomains } from './sssd/config.ts';
import { goOnline } from './sssd/daemon.ts';

/** How often SSSD's cache is looked at for a change; a look is one stat(2). */
const TICK_MS = 500;
/** Without a controller the stale check, and what waits for one, is tried again after so long. */
const RETRY_MS = 15_000;
/** With all well, the stale check is made this often besides. */
const STALE_EVERY_MS = 3_600_000;
/** Reports about a changed cache are at least so far apart. */
const REPORTS_APART_MS = 10_000;

/** The agent, until the signal: listens, carries out, acknowledges, and looks for what no notice told it. Throws when it cannot begin. */
export async function runAgent(of: { settings: Settings; identity: Identity; log: Log; signal: AbortSignal }): Promise<void> {
  const { settings, identity, log, signal } = of;
  const memory = openMemory(settings.state);
  if (memory.now.device === null) throw new Error('This device is not enrolled. Run countersign-device enrol with a ticket.');
  const setFree = beAlone(settings.state);
  const portal = portalOf(settings, identity);
  const [posted, wakeListener] = [latch(signal), latch(signal)];
  const agent: Agent = { settings, identity, memory, portal, log, post: posted.open };
  // One thing at a time: two hands in the cache or in the memory would undo each other's work.
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    last = last.then(work).catch((error: unknown) => log('failed', { why: error instanceof Error ? error.message : 'unknown' }));
    return last;
  };
  const due = { stale: 0, waiting: 0, report: 0 };
  const carryOutAll = async (): Promise<void> => {
    for (const id of Object.keys(memory.now.tasks)) await carryOut(agent, id);
    for (const id of Object.keys(memory.now.tellings)) await tellPerson(agent, id);
  };
  const refused = new Set<string>();
  const onNotice = (event: StreamEvent): Promise<void> => inTurn(() => hear(agent, event, refused));
  const stopWatching = watchNetwork(() => {
    log('network-changed');
    Object.assign(due, { stale: 0, waiting: 0, report: 0 });
    // What was open may lead nowhere by now, and would only be noticed after a long silence.
    portal.close();
    wakeListener.open();
    posted.open();
    if (Object.keys(memory.now.tasks).length > 0) goOnline();
  });
  const reportWait = backOff();
  const stamps = new Map<string, string | undefined>();
  const tick = async (): Promise<void> => {
    const now = Date.now();
    let isChanged = false;
    for (const { name } of sssdDomains()) {
      const stamp = cacheStamp(name);
      isChanged ||= stamp !== stamps.get(name);
      stamps.set(name, stamp);
    }
    if (isChanged || now >= due.waiting) {
      due.waiting = now + RETRY_MS;
      await carryOutAll();
    }
    if (now >= due.stale) {
      due.stale = now + RETRY_MS;
      // Unless the network changed meanwhile, which asks for another look.
      if ((await checkStale(agent)) && due.stale > 0) due.stale = now + STALE_EVERY_MS;
    }
    if (isChanged) due.report = Math.min(due.report, lastReport + REPORTS_APART_MS);
    if (now >= due.report) {
      lastReport = now;
      due.report = now + REPORTS_APART_MS + reportWait.next();
      try {
        await report(agent);
        reportWait.reset();
        if (due.report > 0) due.report = now + memory.now.settings.reportEvery * 1000;
      } catch (error) {
        log('not-reported', whyNot(error));
      }
    }
  };
  let lastReport = 0;
  // What was begun before a crash comes before anything new.
  await inTurn(carryOutAll);
  let isTicking = false;
  const timer = setInterval(() => {
    if (isTicking) return;
    isTicking = true;
    void inTurn(tick).finally(() => {
      isTicking = false;
    });
  }, TICK_MS);
  log('started');
  try {
    await Promise.all([listen(agent, { wake: wakeListener, signal, onNotice }), sendOutbox(agent, posted, signal)]);
  } finally {
    clearInterval(timer);
    stopWatching();
    await last;
    portal.close();
    setFree();
  }
}
