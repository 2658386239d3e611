import type { Client } from 'ldapts';
import { type Controller, type DirectorySettings, discard, limits, newClient, withDeadline } from './controller.ts';
import type { Controllers } from './controllers.ts';
import { bindAnswer, DirectoryUnavailable, messageOf, ServiceBindRefused, type PasswordAnswer } from './errors.ts';
import { readRole, readRootDse, whyUnfit } from './root-dse.ts';
import { sessionOn } from './session.ts';

/** A service account. The password is asked for at each bind, so that a changed file is seen without a restart. */
export type ServiceBind = { dn: string; password: () => string };

export type Bound = { client: Client; controller: Controller };

/** A bound connection to the first of these that answers and may be used. */
export type BindSomewhere = (candidates: readonly Controller[], writable: boolean) => Promise<Bound>;

/** Tries of one call. What did not answer is last in the order of the next. */
const mostTries = 5;
/** After a wrong service password: longer than the usual lockout window, unless the password given by then is another one. */
const refusedForMs = 15 * 60_000;
/** After "locked", "disabled" and the like, which cost the account nothing to hear again. */
const stateForMs = 60_000;

/**
 * Signs one service account in at one of the controllers. DirectoryUnavailable when none answers that may be used, with
 * what each said. ServiceBindRefused at the first refusal, and from memory afterwards: asking the next controller, or
 * again, would lock the account. Share it between all connections of one account, or each would try for itself.
 */
export function failOver(
  settings: DirectorySettings,
  bind: ServiceBind,
  controllers: Pick<Controllers, 'answered' | 'fellSilent' | 'silence'>,
  now: () => number,
): BindSomewhere {
  let refused: { password: string; until: number; answer: PasswordAnswer } | undefined;

  /** Why this controller may not be used, or undefined when it is bound now. */
  async function signIn(client: Client, controller: Controller, password: string, writable: boolean): Promise<string | undefined> {
    const root = await readRootDse(client, controller);
    const unfit = whyUnfit(root, controller, settings, writable);
    if (unfit !== undefined) {
      controllers.answered(controller.url, root);
      return unfit;
    }
    await client.bind(bind.dn, password);
    refused = undefined;
    const role = await readRole(sessionOn(client, controller), root);
    controllers.answered(controller.url, root, role);
    return whyUnfit({ ...root, readOnly: role.readOnly }, controller, settings, writable);
  }

  /** Bound, or why not here. Throws when no other controller should be asked either. */
  async function bindAt(controller: Controller, password: string, writable: boolean): Promise<Bound | string> {
    const client = newClient(settings, controller);
    try {
      const unfit = await withDeadline(
        signIn(client, controller, password, writable),
        limits.connectMs + limits.operationMs,
        'signing in at a controller',
      );
      if (unfit === undefined) return { client, controller };
      discard(client);
      return unfit;
    } catch (error) {
      discard(client);
      const answer = bindAnswer(error);
      if (answer) {
        refused = { password, until: now() + (answer === 'wrong' ? refusedForMs : stateForMs), answer };
        throw new ServiceBindRefused(bind.dn, answer);
      }
      controllers.fellSilent(controller.url, messageOf(error));
      return `${controller.servername}: ${messageOf(error)}`;
    }
  }

  return async (candidates, writable) => {
    const password = servicePassword(bind);
    if (refused && refused.password === password && refused.until > now()) throw new ServiceBindRefused(bind.dn, refused.answer);
    const why: string[] = [];
    for (const controller of candidates.slice(0, mostTries)) {
      const bound = await bindAt(controller, password, writable);
      if (typeof bound !== 'string') return bound;
      why.push(bound);
    }
    throw new DirectoryUnavailable([...why, controllers.silence()].filter((one) => one !== undefined).join('; '));
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
