import { ResultCodeError, type Client } from 'ldapts';
import { type Controller, type DirectorySettings, discard, limits, newClient, withDeadline } from './controller.ts';
import { bindAnswer, DirectoryRefused, DirectoryUnavailable, isPassing, ServiceBindRefused, type PasswordAnswer } from './errors.ts';
import { sessionOn, type Session } from './session.ts';

export type { Controller, DirectorySettings } from './controller.ts';
export type { Session } from './session.ts';

/** A service account. The password is asked for at each bind, so that a changed file is seen without a restart. */
export type ServiceBind = { dn: string; password: () => string };

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

type Slot = { busy: boolean; client?: Client; controller?: Controller };
type Held = { session: Session; reused: boolean };

const backOffMs = 10_000;
const queueMs = 10_000;
/** After a wrong service password: longer than the usual lockout window, unless the password given by then is another one. */
const refusedForMs = 15 * 60_000;

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
  const now = options.now ?? Date.now;
  const slots: Slot[] = Array.from({ length: options.connections ?? 4 }, () => ({ busy: false }));
  const waiting: ((slot: Slot) => void)[] = [];
  const badUntil = new Map<string, number>();
  let refused: { password: string; until: number; answer: PasswordAnswer } | undefined;

  async function take(): Promise<Slot> {
    const free = slots.find((slot) => !slot.busy && slot.client) ?? slots.find((slot) => !slot.busy);
    if (free) {
      free.busy = true;
      return free;
    }
    let resolveSlot: (slot: Slot) => void = () => {};
    const turn = new Promise<Slot>((resolve) => waiting.push((resolveSlot = resolve)));
    return withDeadline(turn, queueMs, 'waiting for a connection').catch(() => {
      const place = waiting.indexOf(resolveSlot);
      if (place >= 0) waiting.splice(place, 1);
      // Handed over in the very moment of giving up: pass it on, or the connection would stay taken for ever.
      else void turn.then(give);
      throw new DirectoryUnavailable('all connections are in use');
    });
  }

  function give(slot: Slot): void {
    const next = waiting.shift();
    if (next) next(slot);
    else slot.busy = false;
  }

  function drop(slot: Slot): void {
    if (slot.client) discard(slot.client);
    delete slot.client;
    delete slot.controller;
  }

  async function hold(slot: Slot): Promise<Held> {
    const { client: kept, controller: keptOn } = slot;
    if (kept?.isBound && keptOn) return { session: sessionOn(kept, keptOn), reused: true };
    drop(slot);
    const { client, controller } = await bindSomewhere();
    slot.client = client;
    slot.controller = controller;
    return { session: sessionOn(client, controller), reused: false };
  }

  async function bindSomewhere(): Promise<{ client: Client; controller: Controller }> {
    const password = servicePassword(bind);
    if (refused && refused.password === password && refused.until > now()) throw new ServiceBindRefused(bind.dn, refused.answer);
    const badness = (controller: Controller) => ((badUntil.get(controller.url) ?? 0) > now() ? 1 : 0);
    let last = 'no controller is configured';
    for (const controller of settings.controllers.toSorted((a, b) => badness(a) - badness(b))) {
      const client = newClient(settings, controller);
      try {
        await withDeadline(client.bind(bind.dn, password), limits.connectMs + limits.operationMs, 'a bind');
        refused = undefined;
        badUntil.delete(controller.url);
        return { client, controller };
      } catch (error) {
        discard(client);
        const answer = bindAnswer(error);
        if (answer) {
          // Asking the next controller would only bring the account nearer to its lockout.
          refused = { password, until: now() + (answer === 'wrong' ? refusedForMs : 60_000), answer };
          throw new ServiceBindRefused(bind.dn, answer);
        }
        last = messageOf(error);
        badUntil.set(controller.url, now() + backOffMs);
      }
    }
    throw new DirectoryUnavailable(last);
  }

  /** Every error that is not the controller's answer costs the connection: ldapts would reconnect silently and unbound. */
  function settle(slot: Slot, error: unknown): void {
    if (error instanceof ResultCodeError && !isPassing(error)) return;
    if (slot.controller && !(error instanceof ResultCodeError)) badUntil.set(slot.controller.url, now() + backOffMs);
    drop(slot);
  }

  async function once<T>(slot: Slot, work: (session: Session) => Promise<T>, held: Held): Promise<T> {
    try {
      return await work(held.session);
    } catch (error) {
      settle(slot, error);
      throw error;
    }
  }

  return {
    settings,
    bindDn: bind.dn,
    async read(work) {
      const slot = await take();
      try {
        const held = await hold(slot);
        try {
          return await once(slot, work, held);
        } catch (error) {
          if (held.reused && isSilence(error)) return await once(slot, work, await hold(slot));
          throw error;
        }
      } catch (error) {
        throw readError(error);
      } finally {
        give(slot);
      }
    },
    async write(work) {
      const slot = await take();
      try {
        return await once(slot, work, await hold(slot));
      } finally {
        give(slot);
      }
    },
    async close() {
      await Promise.allSettled(slots.flatMap((slot) => (slot.client ? [withDeadline(slot.client.unbind(), 1000, 'unbind')] : [])));
      for (const slot of slots) delete slot.client;
    },
  };
}

/** An empty password would be an anonymous bind that succeeds (RFC 4513 5.1.2); a file that cannot be read is no reason to try again. */
function servicePassword(bind: ServiceBind): string {
  let password = '';
  try {
    password = bind.password();
  } catch (error) {
    throw new ServiceBindRefused(bind.dn, messageOf(error));
  }
  if (password === '' || bind.dn === '') throw new ServiceBindRefused(bind.dn, 'its name or password is empty');
  return password;
}

/** No usable answer: the connection broke or timed out, or the controller said "ask again". */
function isSilence(error: unknown): boolean {
  if (error instanceof ResultCodeError) return isPassing(error);
  return error instanceof Error && !isOurs(error);
}

function isOurs(error: Error): boolean {
  return (
    error instanceof DirectoryUnavailable ||
    error instanceof ServiceBindRefused ||
    error instanceof DirectoryRefused ||
    error instanceof TypeError ||
    error instanceof RangeError
  );
}

function readError(error: unknown): unknown {
  if (isSilence(error)) return new DirectoryUnavailable(messageOf(error));
  if (error instanceof ResultCodeError) return new DirectoryRefused(error.code, error.message);
  return error;
}

/** Words of a transport error. They hold host names and reasons, never what was sent. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : 'an unknown error';
}
