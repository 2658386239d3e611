import { ResultCodeError, type Client } from 'ldapts';
import { type Controller, type DirectorySettings, discard, newClient, withDeadline } from './controller.ts';
import { DirectoryRefused, DirectoryUnavailable, isPassing, messageOf, ServiceBindRefused } from './errors.ts';
import { failOver, type ServiceBind } from './fail-over.ts';
import { sessionOn, type Session } from './session.ts';
import { slotsOf } from './slots.ts';

export type { Controller, DirectorySettings } from './controller.ts';
export type { Session } from './session.ts';
export type { ServiceBind } from './fail-over.ts';
export { messageOf } from './errors.ts';

/** The directory as one service account sees it, over a few kept connections. */
export type Directory = {
  settings: DirectorySettings;
  bindDn: string;
  /** Runs a read, once more on a fresh connection when a kept one had died. Throws DirectoryUnavailable, DirectoryRefused or ServiceBindRefused. */
  read: <T>(work: (session: Session) => Promise<T>) => Promise<T>;
  /** Runs work exactly once, on one connection. What ldapts throws comes through as it is, since only the caller knows what an unanswered write means. */
  write: <T>(work: (session: Session) => Promise<T>) => Promise<T>;
  close: () => Promise<void>;
};

type Slot = { client?: Client; controller?: Controller };
type Held = { session: Session; reused: boolean };

/**
 * Opens the directory for one service account; nothing is connected until the first call. Two connections serve a
 * writer, four a reader (a controller makes 27 resets a second whatever one does). Throws when a controller is not ldaps://.
 */
export function openDirectory(
  settings: DirectorySettings,
  bind: ServiceBind,
  options: { connections?: number; now?: () => number } = {},
): Directory {
  for (const controller of settings.controllers) newClient(settings, controller);
  const slots: Slot[] = Array.from({ length: options.connections ?? 4 }, () => ({}));
  const { take, give } = slotsOf(slots, (slot) => slot.client !== undefined);
  const { bindSomewhere, avoid } = failOver(settings, bind, options.now ?? Date.now);

  function drop(slot: Slot): void {
    if (slot.client) discard(slot.client);
    delete slot.client;
    delete slot.controller;
  }

  async function hold(slot: Slot): Promise<Held> {
    if (slot.client?.isBound && slot.controller) return { session: sessionOn(slot.client, slot.controller), reused: true };
    drop(slot);
    Object.assign(slot, await bindSomewhere());
    return { session: sessionOn(slot.client!, slot.controller!), reused: false };
  }

  /** Runs work on a held connection. Every error that is not the controller's answer costs the connection: ldapts would reconnect silently and unbound. */
  async function on<T>(slot: Slot, { session }: Held, work: (session: Session) => Promise<T>): Promise<T> {
    try {
      return await work(session);
    } catch (error) {
      if (!(error instanceof ResultCodeError)) avoid(session.controller);
      if (!(error instanceof ResultCodeError) || isPassing(error)) drop(slot);
      throw error;
    }
  }

  async function withSlot<T>(work: (slot: Slot) => Promise<T>): Promise<T> {
    const slot = await take();
    try {
      return await work(slot);
    } finally {
      give(slot);
    }
  }

  return {
    settings,
    bindDn: bind.dn,
    read: (work) =>
      withSlot(async (slot) => {
        try {
          const held = await hold(slot);
          return await on(slot, held, work).catch(async (error: unknown) => {
            if (held.reused && isSilence(error)) return on(slot, await hold(slot), work);
            throw error;
          });
        } catch (error) {
          throw readError(error);
        }
      }),
    write: (work) => withSlot(async (slot) => on(slot, await hold(slot), work)),
    async close() {
      await Promise.allSettled(slots.flatMap((slot) => (slot.client ? [withDeadline(slot.client.unbind(), 1000, 'unbind')] : [])));
      for (const slot of slots) delete slot.client;
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
