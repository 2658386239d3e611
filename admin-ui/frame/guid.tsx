import { Link as Anchor } from '@mui/material';
import { Link } from 'react-router-dom';
import { monospace } from '../theme.ts';

/** A person in the audit: leaves hold objectGUIDs, never names. It leads to everything recorded about that account. */
export function Guid({ value }: { value: string }) {
  if (value.startsWith('service:')) return value.slice('service:'.length).replaceAll('-', ' ');
  const search = `?${new URLSearchParams({ filter: JSON.stringify({ account: value }) })}`;
  return (
    <Anchor
      component={Link}
      to={{ pathname: '/audit', search }}
      title={value}
      sx={{ fontFamily: monospace, fontSize: '0.8125rem', whiteSpace: 'nowrap' }}
    >
      {value.length > 13 ? `${value.slice(0, 8)}…` : value}
    </Anchor>
  );
}
