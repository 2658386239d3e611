import { Alert, Box, Typography } from '@mui/material';
import type { CheckedPolicy } from '../records.ts';
import { useSay } from '../say.ts';

/** What is wrong with the text, and what came of each of its own tests. */
export function BesideText({ checked }: { checked: CheckedPolicy | undefined }) {
  const say = useSay();
  if (!checked) return null;
  const { findings, tests } = checked;
  return (
    <>
      <Box component="output" sx={{ display: 'block' }}>
        {findings.length === 0 ? (
          <Alert severity="success">{say('policies.sound')}</Alert>
        ) : (
          <Alert severity="warning">
            {say('policies.findings')}
            <Box component="ul" sx={{ pl: 2.5, m: 0, mt: 0.5 }}>
              {findings.map(({ words }) => (
                <li key={words}>{words}</li>
              ))}
            </Box>
          </Alert>
        )}
      </Box>
      {tests.length > 0 && (
        <Box component="section" aria-label={say('policies.tests.title')}>
          <Typography variant="h3">{say('policies.tests.title')}</Typography>
          <Box component="ul" sx={{ listStyle: 'none', p: 0, m: 0, mt: 0.5 }}>
            {tests.map(({ name, line, why }) => (
              <Box component="li" key={`${line} ${name}`} sx={{ mb: 0.5 }}>
                <Typography component="span" color={why === null ? 'success' : 'error'} sx={{ fontWeight: 650 }}>
                  {say(why === null ? 'policies.tests.green' : 'policies.tests.red')}
                </Typography>{' '}
                {name}
                {why !== null && <Typography color="error">{say('policies.tests.why', { line, why })}</Typography>}
              </Box>
            ))}
          </Box>
        </Box>
      )}
    </>
  );
}
