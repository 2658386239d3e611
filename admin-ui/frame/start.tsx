import { Typography } from '@mui/material';
import { usePermissions } from 'react-admin';
import { Navigate } from 'react-router-dom';
import type { Role } from '../records.ts';
import { useSay } from '../say.ts';
import { ADDRESSES, startFor } from '../session/grants.ts';
import { Page } from './page.tsx';

/** Leads to the first page that this person's roles are for, or says that there is none. */
export function Start() {
  const say = useSay();
  const { permissions, isPending } = usePermissions<Role[]>();
  if (isPending) return null;
  const first = startFor(permissions ?? []);
  if (first) return <Navigate to={ADDRESSES[first]} replace />;
  return (
    <Page title={say('page.noRole')}>
      <Typography>{say('problem.noRoleTeach')}</Typography>
    </Page>
  );
}
