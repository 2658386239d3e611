import { Alert } from '@mui/material';
import { useGetIdentity } from 'react-admin';
import { useSay } from '../say.ts';
import { spanInWords } from '../time/span.ts';
import { useNow } from '../time/use-now.ts';

const NOTICE_MS = 5 * 60_000;

/** Says so when the session's longest time is nearly over, so that nobody loses half a decision to it (WCAG 2.2.1). */
export function EndingNotice() {
  const say = useSay();
  const { identity } = useGetIdentity();
  const now = useNow(60_000);
  const left = Date.parse(String(identity?.['endsAt'])) - now;
  if (!(left > 0 && left <= NOTICE_MS)) return null;
  return (
    <Alert severity="warning" sx={{ m: 2, mb: 0 }}>
      {say('signIn.ending', { span: spanInWords(left) })}
    </Alert>
  );
}
