import type { AuthProvider } from 'react-admin';
import { problemOf, request } from '../provider/request.ts';
import { dataProvider } from '../provider/data-provider.ts';
import type { Session } from '../records.ts';
import { ADDRESSES, mayOpen, type PageName } from './grants.ts';

/** The session as the server last told it. The cookie itself is HttpOnly: no script can read or keep it. */
let session: Promise<Session> | undefined;

function currentSession(): Promise<Session> {
  session ??= request<Session>('/session').catch((error: unknown) => {
    session = undefined;
    throw error;
  });
  return session;
}

/** Step one. It answers the same for every failure, so nothing about the account can be learned here. */
export const beginSignIn = (account: string, password: string) =>
  request<{ stage: 'factor' }>('/session', { method: 'POST', body: { account, password } });

/** Step two ends in a session, which the cookie then carries. */
async function finishSignIn({ totp }: { totp: string }): Promise<void> {
  session = Promise.resolve(await request<Session>('/session/factor', { method: 'POST', body: { factor: 'totp', value: totp } }));
}

const pageOf = (resource: string): PageName | undefined =>
  (Object.keys(ADDRESSES) as PageName[]).find((page) => ADDRESSES[page] === `/${resource}`);

export const authProvider: AuthProvider = {
  login: finishSignIn,
  logout: async () => {
    const had = session;
    session = undefined;
    dataProvider.forget();
    // Signed out here even if the server cannot be reached; there the session ends by its idle limit.
    if (had) await request('/session', { method: 'DELETE' }).catch(() => undefined);
    return '/login';
  },
  checkAuth: async () => {
    try {
      await currentSession();
    } catch (error) {
      // An interrupted network is no reason to sign anybody out.
      if (problemOf(error).status === 401) return Promise.reject({ message: false, redirectTo: '/login' });
      throw error;
    }
  },
  /** Only a lost session signs out. A 403 says that this page is not for this role, and a mistyped code is no lost session. */
  checkError: async (error: unknown) => {
    const { status, code } = problemOf(error);
    if (status === 401 && code !== 'sign-in-refused') {
      session = undefined;
      return Promise.reject({ message: 'cs.signIn.over' });
    }
  },
  getIdentity: async () => {
    const { account, name, roles, endsAt } = await currentSession();
    return { id: account, fullName: name, roles, endsAt };
  },
  getPermissions: async () => (await currentSession()).roles,
  canAccess: async ({ resource, action }) => {
    const page = pageOf(resource);
    return Boolean(page) && ['list', 'show'].includes(action) && mayOpen(page!, (await currentSession()).roles);
  },
};
