import type { Client } from 'ldapts';
import { type Controller, type DirectorySettings, discard, limits, newClient, withDeadline } from './controller.ts';
import { bindAnswer, DirectoryUnavailable, messageOf, ServiceBindRefused, type PasswordAnswer } from './errors.ts';

/** A service account. The password is asked for at each bind, so that a changed file is seen without a restart. */
export type ServiceBind = { dn: string; password: () => string };

export type Bound = { client: Client; controller: Controller };

export type FailOver = {
  /** A bound connection to the first controller that answers; those that lately did not are asked last. */
  bindSomewhere: () => Promise<Bound>;
  /** Notes that a controller fell silent. */
  avoid: (controller: Controller) => void;
};

const backOffMs = 10_000;
/** After a wrong service password: longer than the usual lockout window, unless the password given by then is another one. */
const refusedForMs = 15 * 60_000;
/** After "locked", "disabled" and the like, which cost the account nothing to hear again. */
const stateForMs = 60_000;

/**
 * Signs one service account in at any of the controllers. DirectoryUnavailable when none answers. ServiceBindRefused
 * at the first refusal, and from memory afterwards: asking the next controller, or again, would lock the account.
 */
export function failOver(settings: DirectorySettings, bind: ServiceBind, now: () => number): FailOver {
  const badUntil = new Map<string, number>();
  let refused: { password: string; until: number; answer: PasswordAnswer } | undefined;
  const avoid = (controller: Controller) => void badUntil.set(controller.url, now() + backOffMs);
  const badness = (controller: Controller) => ((badUntil.get(controller.url) ?? 0) > now() ? 1 : 0);

  async function bindSomewhere(): Promise<Bound> {
    const password = servicePassword(bind);
    if (refused && refused.password === password && refused.until > now()) throw new ServiceBindRefused(bind.dn, refused.answer);
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
          refused = { password, until: now() + (answer === 'wrong' ? refusedForMs : stateForMs), answer };
          throw new ServiceBindRefused(bind.dn, answer);
        }
        last = messageOf(error);
        avoid(controller);
      }
    }
    throw new DirectoryUnavailable(last);
  }

  return { bindSomewhere, avoid };
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
