import { Button, Typography } from '@mui/material';
import { usePermissions } from 'react-admin';
import { Link, useNavigate } from 'react-router-dom';
import { problemOf } from '../provider/request.ts';
import type { Role } from '../records.ts';
import { useSay } from '../say.ts';
import { PAGES, type PageName } from '../session/grants.ts';
import { Page } from './page.tsx';

export function NotFound() {
  const say = useSay();
  const navigate = useNavigate();
  return (
    <Page title={say('page.notFound')} lead={say('problem.notFoundTeach')}>
      <div>
        <Button variant="outlined" onClick={() => void navigate(-1)} sx={{ mr: 1 }}>
          {say('word.back')}
        </Button>
        <Button component={Link} to="/">
          {say('word.home')}
        </Button>
      </div>
    </Page>
  );
}

/** A page of the console for other roles: says for whom it is and who could change that, and signs nobody out. */
export function Refused({ page }: { page?: PageName }) {
  const say = useSay();
  const { permissions } = usePermissions<Role[]>();
  const names = (roles: readonly Role[]) => roles.map((role) => say(`role.${role}`)).join(', ') || say('word.none');
  return (
    <Page title={say('page.refused')}>
      {page && <Typography>{say('problem.hereFor', { roles: names(PAGES[page]), mine: names(permissions ?? []) })}</Typography>}
      {page && <Typography>{say('problem.refusedTeach', { roles: names(PAGES[page]) })}</Typography>}
      <div>
        <Button component={Link} to="/" variant="outlined">
          {say('word.home')}
        </Button>
      </div>
    </Page>
  );
}

export function Broken({ onRetry, why }: { onRetry: () => void; why?: string | undefined }) {
  const say = useSay();
  return (
    <Page title={say('page.broken')} lead={why ?? say('problem.brokenTeach')}>
      <div>
        <Button variant="outlined" onClick={onRetry}>
          {say('word.retry')}
        </Button>
      </div>
    </Page>
  );
}

/** What stands in place of a record or list that could not be read: the 403 page, the 404 page, or a way to try again. */
export function Unreadable({ error, page, onRetry }: { error: unknown; page: PageName; onRetry: () => void }) {
  const { status, detail } = problemOf(error);
  if (status === 403) return <Refused page={page} />;
  // An address whose id cannot be one names nothing either.
  if (status === 404 || (status === 400 && detail?.startsWith('params'))) return <NotFound />;
  return <Broken onRetry={onRetry} why={detail} />;
}
