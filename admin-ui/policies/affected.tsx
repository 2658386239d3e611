import { Alert, Box, Button, LinearProgress, Stack, Typography } from '@mui/material';
import { usePermissions } from 'react-admin';
import { Link } from 'react-router-dom';
import type { Comparison, Role } from '../records.ts';
import { useSay } from '../say.ts';
import { ADDRESSES } from '../session/grants.ts';
import { Found } from './found.tsx';
import { Readiness } from './readiness.tsx';
import type { useComparison } from './use-comparison.ts';

/** Whom a version affects, or of the one in force who could reset by it, as the verifier looks it up over the whole directory: begun, watched, stopped and read here. */
export function Affected({
  sha256,
  isInForce,
  comparison,
}: {
  sha256: string;
  isInForce: boolean;
  comparison: ReturnType<typeof useComparison>;
}) {
  const say = useSay();
  const { permissions } = usePermissions<Role[]>();
  const { newest, begin, stop, working, problem } = comparison;
  const item = newest?.item ?? undefined;
  const elsewhere = newest?.underWay && newest.underWay.policy !== sha256 ? newest.underWay : undefined;
  const isRunning = item?.state === 'running';
  return (
    <Box>
      <Typography color="textSecondary" sx={{ mb: 2 }}>
        {say(isInForce ? 'policies.affected.teachInForce' : 'policies.affected.teach')}
      </Typography>
      <Box component="output" sx={{ display: 'block' }}>
        {problem && (
          <Alert severity="error" role="alert" sx={{ mb: 2 }}>
            {problem}
          </Alert>
        )}
        {item && <Standing item={item} isInForce={isInForce} />}
      </Box>
      {item?.found && (isInForce ? <Readiness id={item.id} found={item.found} /> : <Found item={item} found={item.found} />)}
      {permissions?.includes('administrator') && (
        <Stack direction="row" spacing={1.5} useFlexGap sx={{ mt: 2, flexWrap: 'wrap', alignItems: 'center' }}>
          {isRunning ? (
            <Button variant="outlined" disabled={working} onClick={() => stop(item.id)}>
              {say('policies.affected.stop')}
            </Button>
          ) : (
            <Button variant="outlined" disabled={working || elsewhere !== undefined} onClick={begin}>
              {say(item?.found ? 'policies.affected.again' : 'policies.affected.begin')}
            </Button>
          )}
          {elsewhere && (
            <Typography color="textSecondary">
              {say('policies.affected.elsewhere')}{' '}
              <Link to={`${ADDRESSES.policies}/${elsewhere.policy}`}>{say('policies.affected.there')}</Link>
            </Typography>
          )}
        </Stack>
      )}
    </Box>
  );
}

function Standing({ item, isInForce }: { item: Comparison; isInForce: boolean }) {
  const say = useSay();
  const { state, looked, total, stale, refusal } = item;
  if (state === 'running') {
    const words = total === 0 ? say('policies.affected.reading') : say('policies.affected.comparing', { looked, total });
    return (
      <Box sx={{ mb: 1 }}>
        <Typography id="comparing">{words}</Typography>
        <LinearProgress
          aria-labelledby="comparing"
          variant={total === 0 ? 'indeterminate' : 'determinate'}
          value={total === 0 ? 0 : (100 * looked) / total}
          sx={{ mt: 1, maxWidth: 480 }}
        />
      </Box>
    );
  }
  if (state === 'refused') return <Alert severity="error">{say(`policies.affected.refused`, { why: refusal ?? '' })}</Alert>;
  if (state !== 'done') return <Alert severity="info">{say(`policies.affected.${state}`)}</Alert>;
  return stale ? (
    <Alert severity="warning" sx={{ mb: 2 }}>
      {say(isInForce ? 'policies.affected.oldInForce' : stale === 'moved-on' ? 'policies.affected.movedOn' : 'policies.affected.tooOld')}
    </Alert>
  ) : null;
}
