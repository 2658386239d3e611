import type { ReactNode } from 'react';
import { useAuthenticated, usePermissions } from 'react-admin';
import type { Role } from '../records.ts';
import { mayOpen, type PageName } from '../session/grants.ts';
import { Refused } from './dead-ends.tsx';

/** Shows a page to those whose roles it is for, and to the others why not. The server decides again on each request. */
export function Gate({ page, children }: { page: PageName; children: ReactNode }) {
  useAuthenticated();
  const { permissions, isPending } = usePermissions<Role[]>();
  if (isPending) return null;
  return mayOpen(page, permissions ?? []) ? children : <Refused page={page} />;
}
