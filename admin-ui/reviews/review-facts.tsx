import { Box, Link as Anchor, Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import { StateChip } from '../resets/state-chip.tsx';
import type { Review } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';

/** One review: which reset, who signed break-glass, and what was found. */
export function ReviewFacts({ review }: { review: Review }) {
  const say = useSay();
  return (
    <Box sx={{ overflowWrap: 'anywhere' }}>
      <Typography component="h3" variant="h3">
        {say('reviews.of', { name: review.accountName ?? say('reviews.somebody') })} <StateChip state={review.resetState} />
      </Typography>
      <Typography color="textSecondary">
        {say('reviews.openedBy', { name: review.openedBy })}
        <Moment at={review.openedAt} />
      </Typography>
      <Typography>{say('reviews.officers', { names: review.officers.join(', ') })}</Typography>
      {review.unwitnessed && <Typography>{say('reviews.unwitnessed')}</Typography>}
      <Anchor component={Link} to={`/resets/${review.resetId}/show`}>
        {say('reviews.reset')}
      </Anchor>
      {review.closedBy && review.closedAt && review.judgement && (
        <>
          <Typography color="textSecondary">
            {say('reviews.closedBy', { name: review.closedBy })}
            <Moment at={review.closedAt} />
          </Typography>
          <Typography sx={{ fontWeight: 650 }}>{say(`reviews.judgements.${review.judgement}`)}</Typography>
          {review.finding && <Typography>{review.finding}</Typography>}
        </>
      )}
    </Box>
  );
}
