import { ResultCodeError, type Client } from 'ldapts';
import { type Controller, type DirectorySettings, discard, limits, withDeadline } from './controller.ts';
import { type Circumstances, type Controllers, type ControllerView, controllersOf } from './controllers.ts';
import { DirectoryRefused, DirectoryUnavailable, isPassing, messageOf, ServiceBindRefused } from './errors.ts';
import { type BindSomewhere, failOver, type ServiceBind } from './fail-over.ts';
import type { Want } from './order.ts';
import { sessionOn, type Session } from './session.ts';
import { slotsOf } from './slots.ts';
import { watch } from './watch.ts';

export type { Controller, DirectorySettings } from './controller.ts';
export type { ControllerView } from './controllers.ts';
export type { Session } from './session.ts';
export type { ServiceBind } from './fail-over.ts';
export { messageOf } from './errors.ts';

/** The directory as one service account sees it, over a few kept connections. */
export type Directory = {
  settings: DirectorySettings;
  bindDn: string;
  /**
   * Runs a read, once more on a fresh connection when a kept one had died; near a `site` of Active Directory when one is named.
   * Throws DirectoryUnavailable, DirectoryRefused or ServiceBindRefused.
   */
  read: <T>(work: (session: Session) => Promise<T>, near?: { site?: string | undefined }) => Promise<T>;
  /**
   * Runs work exactly once, on one connection, never at a read-only controller. What ldapts throws comes through as it is, since only
   * the caller knows what an unanswered write means.
   */
  write: <T>(work: (session: Session) => Promise<T>) => Promise<T>;
  /** Those that may be asked now, the best first; for somebody at a `site` of Active Directory when one is named. */
  controllers: (near?: { site?: string | undefined }) => Promise<Controller[]>;
  /** The site that a controller stands in, as it says itself; undefined as long as it was not asked. */
  siteOf: (url: string) => string | undefined;
  /** Asks DNS, and every controller how it is; the best first. */
  look: () => Promise<Looked>;
  /** Asks DNS again when it is time, and looks at controllers of which nothing was heard for long, or for `askedMs`. Runs by itself beside every call. */
  tend: (askedMs?: number) => Promise<void>;
  /** What is known of each controller now, the best first; nobody is asked. */
  known: () => ControllerView[];
  /** The same directory through one controller alone, also through one that DNS names no more; undefined when it never was this directory's. */
  only: (url: string) => Directory | undefined;
  close: () => Promise<void>;
};

/** `silence`: why DNS did not say which controllers there are. */
export type Looked = { controllers: ControllerView[]; silence: string | undefined };

export type DirectoryOptions = Circumstances & {
  /** Two for a writer, four for a reader: a controller makes 27 resets a second whatever one does. */
  connections?: number;
  /** Never a read-only controller, for reads neither: what was read there is about to be written. */
  writable?: boolean;
};

type Slot = { client?: Client; controller?: Controller };
type Held = { session: Session; reused: boolean };

/** Opens the directory for one service account; nothing is connected until the first call. Throws when a controller is not ldaps://. */
export function openDirectory(settings: DirectorySettings, bind: ServiceBind, options: DirectoryOptions = {}): Directory {
  const controllers = controllersOf(settings, options);
  return through(settings, bind, controllers, failOver(settings, bind, controllers, options.now ?? Date.now), options);
}

function through(
  settings: DirectorySettings,
  bind: ServiceBind,
  controllers: Controllers,
  bindSomewhere: BindSomewhere,
  options: DirectoryOptions,
): Directory {
  const slots: Slot[] = Array.from({ length: options.connections ?? 4 }, () => ({}));
  const { take, give } = slotsOf(slots);
  const alone = new Map<string, Directory>();
  const want = (site = settings.find?.site, writable = false): Want => ({
    site,
    writable: writable || options.writable === true,
    prefer: settings.prefer,
  });
  const isRight = ({ client, controller }: Slot, wanted: Want): boolean =>
    client?.isBound === true && controller !== undefined && controllers.isStillRight(controller, wanted);

  function drop(slot: Slot): void {
    if (slot.client) discard(slot.client);
    delete slot.client;
    delete slot.controller;
  }

  async function hold(slot: Slot, wanted: Want): Promise<Held> {
    void controllers.tend();
    const reused = isRight(slot, wanted);
    if (!reused) {
      drop(slot);
      Object.assign(slot, await bindSomewhere(await controllers.inOrder(wanted), wanted.writable));
    }
    return { session: sessionOn(slot.client!, slot.controller!), reused };
  }

  /** Runs work on a held connection. Every error that is not the controller's answer costs the connection: ldapts would reconnect silently and unbound. */
  async function on<T>(slot: Slot, { session, reused }: Held, work: (session: Session) => Promise<T>): Promise<T> {
    const watched = watch(session);
    try {
      return await work(watched.session);
    } catch (error) {
      if (!(error instanceof ResultCodeError) || isPassing(error)) drop(slot);
      throw error;
    } finally {
      // Also when work took the silence for an answer of its own, as a write does that may have come through.
      const silence = watched.silence();
      if (silence !== undefined) {
        drop(slot);
        // A kept connection that breaks at once says little of the controller: firewalls and its own limit for idle ones do that
        // too. A fresh one is made then, and tells.
        if (!reused || silence.milliseconds >= limits.connectMs) controllers.fellSilent(session.controller.url, silence.why);
      }
    }
  }

  async function withSlot<T>(wanted: Want, work: (slot: Slot) => Promise<T>): Promise<T> {
    const slot = await take((one) => isRight(one, wanted));
    try {
      return await work(slot);
    } finally {
      give(slot);
    }
  }

  function openAlone(controller: Controller): Directory {
    const one: Controllers = { ...controllers, inOrder: async () => [controller], isStillRight: () => true, tend: async () => {} };
    return through({ ...settings, controllers: [controller], find: undefined }, bind, one, bindSomewhere, { ...options, connections: 2 });
  }

  function only(url: string): Directory | undefined {
    const controller = controllers.named(url);
    const opened = alone.get(url) ?? (controller && openAlone(controller));
    if (opened) alone.set(url, opened);
    return opened;
  }

  async function look(): Promise<Looked> {
    await controllers.look();
    // What a controller is in its domain is told to those who signed in. One that refuses the account is no worse a controller for that.
    for (const { url, health, unfit } of controllers.views(want()))
      if (health === 'good' && unfit === undefined)
        await only(url)
          ?.read(async () => {})
          .catch(() => {});
    return { controllers: controllers.views(want()), silence: controllers.silence() };
  }

  return {
    settings,
    bindDn: bind.dn,
    read(work, near) {
      const wanted = want(near?.site);
      return withSlot(wanted, async (slot) => {
        try {
          const held = await hold(slot, wanted);
          return await on(slot, held, work).catch(async (error: unknown) => {
            if (held.reused && isSilence(error)) return on(slot, await hold(slot, wanted), work);
            throw error;
          });
        } catch (error) {
          throw readError(error);
        }
      });
    },
    write(work) {
      const wanted = want(undefined, true);
      return withSlot(wanted, async (slot) => on(slot, await hold(slot, wanted), work));
    },
    controllers: (near) => controllers.inOrder(want(near?.site)),
    siteOf: (url) => controllers.views(want()).find((one) => one.url === url)?.facts?.site,
    look,
    tend: controllers.tend,
    known: () => controllers.views(want()),
    only,
    async close() {
      await Promise.allSettled(slots.flatMap((slot) => (slot.client ? [withDeadline(slot.client.unbind(), 1000, 'unbind')] : [])));
      for (const slot of slots) delete slot.client;
      await Promise.all([...alone.values()].map((one) => one.close()));
    },
  };
}

/** No usable answer: the connection broke or timed out, or the controller said "ask again". */
function isSilence(error: unknown): boolean {
  if (error instanceof ResultCodeError) return isPassing(error);
  return error instanceof Error && !isOurs(error);
}

function isOurs(error: Error): boolean {
  const kinds = [DirectoryUnavailable, ServiceBindRefused, DirectoryRefused, TypeError, RangeError];
  return kinds.some((kind) => error instanceof kind);
}

function readError(error: unknown): unknown {
  if (isSilence(error)) return new DirectoryUnavailable(messageOf(error));
  if (error instanceof ResultCodeError) return new DirectoryRefused(error.code, error.message);
  return error;
}
