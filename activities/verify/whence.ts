import { DirectoryUnavailable } from '#activities/directory/errors.ts';
import type { VerifierDeps } from './deps.ts';

/** Where wrong tries may come from, as far as it is known. `workstation`: a controller's own events named it; until these are collected there is none. */
export interface Whence {
  kind: 'device' | 'service' | 'workstation';
  name: string;
}

/** More would be no help to anybody who has to look at each. */
const MOST = 20;

/**
 * What may still hold an old password of this account: the devices that are known for it, and the services that run under it. Neither is
 * proof that it tries. A directory that does not answer now leaves the services out.
 */
export async function whenceOf({ db, tries }: Pick<VerifierDeps, 'db' | 'tries'>, account: string): Promise<Whence[]> {
  const devices = await db.device.findMany({
    where: { accountGuid: account },
    orderBy: { name: 'asc' },
    take: MOST,
    select: { name: true },
  });
  const services = await tries.services(account).catch((error: unknown) => {
    if (error instanceof DirectoryUnavailable) return [];
    throw error;
  });
  return [
    ...devices.map(({ name }): Whence => ({ kind: 'device', name })),
    ...services.slice(0, MOST).map((name): Whence => ({ kind: 'service', name: name.slice(0, 256) })),
  ];
}
